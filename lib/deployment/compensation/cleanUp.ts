import type { EC2Client } from '@aws-sdk/client-ec2';
import { type InRegion, undoImage } from '../../image/images';
import type { ScalingClients } from '../../scaling/existing';
import type { StepContext } from '../../engine/context';
import { type Effect, isOpen } from '../../engine/effects';
import { deleteTemplateVersion } from '../../rollout/deleteTemplateVersion';
import { goesForward } from '../../engine/forward';
import { repairCommandOf } from './mend';
import { putBackScaling } from '../../scaling/putBackScaling';
import { settleAs, settleBy } from '../../engine/settled';

export interface CleanUpTools extends ScalingClients {
  readonly ec2: EC2Client;
  readonly inRegion: InRegion;
}

/**
 * The last of the compensation: policies and alarms as they were, and every effect that is open still noted as left, with
 * the command that mends it. An image that was made, and the launch template version with it, are kept for a while, so
 * that the deployment can be resumed from them; asked again when that time is over, they are removed.
 */
export const cleanUp = async (context: StepContext, tools: CleanUpTools): Promise<{ left: number }> => {
  const { record, core } = context;
  if (record.closedAt !== undefined) return removeRetained(context, tools);
  if (record.completedAt !== undefined) return { left: 0 };
  const effects = await core.effects.list(record.deployment);
  const open = effects.filter(isOpen);
  // A rollback that could only go forward keeps what it has brought of its target.
  if (goesForward(record)) await settleAll(core, open.filter(isOfTarget), { state: 'kept' });
  else await putBackScaling(context, tools, open);
  const made = open.filter(isMade);
  if (record.bakedImage !== undefined && record.kind === 'deployment')
    await settleAll(
      core,
      made.filter(({ state }) => state === 'done'),
      { state: 'spare' },
    );
  await removeMade(context, tools, await core.effects.list(record.deployment));
  const rest = (await core.effects.list(record.deployment)).filter(isOpen);
  await Promise.all(rest.map((effect) => settleAs(core, effect, leftOver(context, effect))));
  return { left: rest.length };
};

const isOfTarget = ({ kind }: Effect): boolean =>
  kind === 'scaling-policy' || kind === 'alarm' || kind === 'group-launch-template';
const isMade = ({ kind }: Effect): boolean => kind === 'image' || kind === 'launch-template-version';

const settleAll = async (
  core: StepContext['core'],
  effects: readonly Effect[],
  { state }: { state: Effect['state'] },
): Promise<void> => {
  await Promise.all(effects.map((effect) => core.effects.settle(effect, state)));
};

/** Launch template versions first: an image that one of them still names is in use. */
const removeMade = async (
  context: StepContext,
  tools: CleanUpTools,
  effects: readonly Effect[],
): Promise<void> => {
  const open = effects.filter((effect) => isMade(effect) && isOpen(effect));
  const versions = await Promise.all(
    open
      .filter(({ kind }) => kind === 'launch-template-version')
      .map((effect) => settleBy(context, effect, () => deleteTemplateVersion(context, tools, effect))),
  );
  if (versions.some((settled) => settled?.state === 'left')) return;
  await Promise.all(
    open
      .filter(({ kind }) => kind === 'image')
      .map((effect) =>
        settleBy(context, effect, () => undoImage(context, tools.inRegion, effect).then(() => undefined)),
      ),
  );
};

/** Nobody has resumed the deployment in time. What something still refers to stays, and is looked at again. */
const removeRetained = async (context: StepContext, tools: CleanUpTools): Promise<{ left: number }> => {
  const { core, record } = context;
  const retained = (await core.effects.list(record.deployment)).filter(({ state }) => state === 'spare');
  // As open ones again, so that a death in between leaves them to the next try.
  await removeMade(
    context,
    tools,
    retained.map((effect) => ({ ...effect, state: 'done' })),
  );
  const left = (await core.effects.list(record.deployment)).filter(
    (effect) => isMade(effect) && (effect.state === 'spare' || effect.state === 'left'),
  );
  if (left.length === 0) await core.records.clear(record.deployment, 'due', 'spareUntil');
  else await settleAll(core, left, { state: 'spare' });
  return { left: left.length };
};

const leftOver = ({ record }: StepContext, effect: Effect) => ({
  state: 'left' as const,
  note:
    effect.state === 'intended'
      ? `The ${effect.kind} of ${effect.target} may have been changed by ${effect.step}; it was not put back.`
      : `The ${effect.kind} of ${effect.target} was changed by ${effect.step} and not put back.`,
  mend: repairCommandOf(effect, record),
});
