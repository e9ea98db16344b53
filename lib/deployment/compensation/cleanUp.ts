import type { EC2Client } from '@aws-sdk/client-ec2';
import { runWaves } from '../../engine/compensating';
import type { StepContext } from '../../engine/context';
import { type Effect, isOpen } from '../../engine/effect';
import { goesForward } from '../../engine/forward';
import { left, repairSite, settleAs, type Settled } from '../../engine/settled';
import type { InRegion } from '../../image/images';
import type { ScalingClients } from '../../scaling/existing';
import { isOfScope, removalWaves, repairOfAny, scalingWaves } from './registry';

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
  if (goesForward(record)) await settleAll(core, open.filter(isOfScope('release')), 'kept');
  else await runWaves(scalingWaves(tools), context, open);
  const made = open.filter(isOfScope('artifact'));
  if (record.bakedImage !== undefined && record.kind === 'deployment')
    await settleAll(
      core,
      made.filter(({ state }) => state === 'done'),
      'spare',
    );
  await remove(context, tools, (await core.effects.list(record.deployment)).filter(isOpen));
  const rest = (await core.effects.list(record.deployment)).filter(isOpen);
  await Promise.all(rest.map((effect) => settleAs(core, effect, leftOver(context, effect))));
  return { left: rest.length };
};

const settleAll = async (
  core: StepContext['core'],
  effects: readonly Effect[],
  state: Effect['state'],
): Promise<void> => {
  await Promise.all(effects.map((effect) => core.effects.settle(effect, state)));
};

const remove = (context: StepContext, tools: CleanUpTools, open: readonly Effect[]) =>
  runWaves(removalWaves(tools), context, open, { stopAtLeft: true });

/** Nobody has resumed the deployment in time. What something still refers to stays, and is looked at again. */
const removeRetained = async (context: StepContext, tools: CleanUpTools): Promise<{ left: number }> => {
  const { core, record } = context;
  const retained = (await core.effects.list(record.deployment)).filter(({ state }) => state === 'spare');
  // As open ones again, so that a death in between leaves them to the next try.
  await remove(
    context,
    tools,
    retained.map((effect) => ({ ...effect, state: 'done' })),
  );
  const rest = (await core.effects.list(record.deployment))
    .filter(isOfScope('artifact'))
    .filter(({ state }) => state === 'spare' || state === 'left');
  if (rest.length === 0) await core.records.clear(record.deployment, 'due', 'spareUntil');
  else await settleAll(core, rest, 'spare');
  return { left: rest.length };
};

const leftOver = (context: StepContext, effect: Effect): Settled =>
  left(
    effect.state === 'intended'
      ? `The ${effect.kind} of ${effect.target} may have been changed by ${effect.step}; it was not put back.`
      : `The ${effect.kind} of ${effect.target} was changed by ${effect.step} and not put back.`,
    repairOfAny(effect, repairSite(context)),
  );
