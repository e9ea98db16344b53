import type { EC2Client } from '@aws-sdk/client-ec2';
import { runWaves } from '../../engine/compensating';
import type { StepContext } from '../../engine/context';
import { type Effect, isOpen } from '../../engine/effect';
import { goesForward } from '../../engine/forward';
import { left, repairSite, settleAs, type Settled } from '../../engine/settled';
import type { InRegion } from '../../image/images';
import type { ScalingClients } from '../../scaling/existing';
import { templateVersionEffect } from '../../rollout/templateVersionEffect';
import { isOfScope, removalWaves, repairOfAny, scalingWaves } from './registry';

export interface CleanUpTools extends ScalingClients {
  readonly ec2: EC2Client;
  readonly inRegion: InRegion;
}

/**
 * The last phase of the compensation. It puts policies and alarms back, and notes every effect that is still open as
 * left, with its repair command. The image that was made and its launch template version are retained for a while, so
 * that the deployment can be resumed. When that time is over, this function is called again and removes them.
 */
export const cleanUp = async (context: StepContext, tools: CleanUpTools): Promise<{ left: number }> => {
  const { record, core } = context;
  if (record.closedAt !== undefined) return removeRetained(context, tools);
  if (record.completedAt !== undefined) return { left: 0 };
  const effects = await core.effects.list(record.deployment);
  const open = effects.filter(isOpen);
  // A rollback that can only go forward keeps what it has brought of the target release.
  if (goesForward(record)) {
    // Its launch template version belongs to the target too: the fleet launches from it.
    const isKept = (effect: Effect) => isOfScope('release')(effect) || templateVersionEffect.is(effect);
    await settleAll(core, open.filter(isKept), 'kept');
  } else await runWaves(scalingWaves(tools), context, open);
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

/** Nobody resumed the deployment in time. What is still in use stays, and is tried again later. */
const removeRetained = async (context: StepContext, tools: CleanUpTools): Promise<{ left: number }> => {
  const { core, record } = context;
  const retained = (await core.effects.list(record.deployment)).filter(({ state }) => state === 'spare');
  // They are handed over as open effects: if the function dies in between, the next try finds them.
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
