import { type AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { runWaves } from '../../engine/compensating';
import type { StepContext } from '../../engine/context';
import { isOpen } from '../../engine/effect';
import { goesForward } from '../../engine/forward';
import type { Progress } from '../../engine/waiting/waitingStep';
import { describeGroup } from '../../fleet/group';
import { type SurplusMemo, trackSurplus } from '../../rollout/surplus';
import { adoptLock } from './adoptLock';
import { bringBack, type Bringing, type RestoreMemo, type RestoreTools, tellReplaced } from './bringBack';
import {
  awaitCommandsWaves,
  giveBackTags,
  isOfScope,
  restoreGroupWaves,
  restoreInstancesWaves,
  restoreSizeWaves,
} from './registry';
import { noteTouched } from './touchedInstances';

/**
 * Brings the fleet back: first what was changed of the group; then, if instances run anything else than the baseline, a
 * refresh to it. A deployment that a rollback halted leaves the refresh to that rollback.
 * @throws RestoreFailed
 */
export const restore = async (
  context: StepContext,
  memo: Partial<RestoreMemo>,
  save: (memo: Partial<RestoreMemo>) => Promise<void>,
  tools: RestoreTools,
): Promise<Progress> => {
  const { record, core } = context;
  if (record.completedAt !== undefined) return { over: restored(false) };
  const effects = await core.effects.list(record.deployment);
  const isRollback = record.kind === 'rollback';
  if (isRollback && (await adoptLock(context)) !== 'ours') return { over: restored(false) };
  if (!isRollback && !effects.some(isOpen) && memo.refreshId === undefined) return { over: restored(false) };
  const open = effects.filter(isOpen);
  // A rollback that can only go forward keeps the changes that belong to its target release.
  const ours = goesForward(record) ? open.filter((effect) => !isOfScope('release')(effect)) : open;
  const pending = await runWaves(restoreGroupWaves(tools), context, ours);
  if (pending) return pending;
  if (memo.surplusGivenBack !== true) {
    await giveBackSurplus(context, tools.autoScaling);
    await save({ surplusGivenBack: true });
  }
  await runWaves(restoreSizeWaves(tools), context, open);
  const running = await runWaves(awaitCommandsWaves(tools), context, open);
  if (running) return running;
  // A rollback that takes over goes by the tags that this leaves.
  const touched = memo.touched ?? (await noteTouched(context, tools, effects));
  if (memo.touched === undefined) await save({ touched });
  const bringing = {
    context,
    memo,
    save,
    tools,
    touched,
    effects: await core.effects.list(record.deployment),
  };
  if (record.handedTo) {
    await handRest(bringing, record.handedTo.deployment);
    return { over: restored(false) };
  }
  const waiting = await bringBack(bringing);
  if (waiting) return waiting;
  await runWaves(restoreInstancesWaves(tools), context, bringing.effects.filter(isOpen));
  await tellReplaced(bringing);
  return { over: restored(goesForward(record)) };
};

/** @param complete a rollback has reached its target by its compensation. */
const restored = (complete: boolean) => ({ complete });

/**
 * Hands over to the rollback what instances run, and the refresh that brings it: the rollback undoes them. Instances on
 * which nothing has begun get their tags back, so that the rollback leaves them alone.
 */
const handRest = async (bringing: Bringing, to: string): Promise<void> => {
  const { context, tools, touched, effects } = bringing;
  const { core } = context;
  const rest = effects.filter(isOpen).filter(isOfScope('instances'));
  await giveBackTags(context, tools.ec2, rest, new Set(Object.keys(touched)));
  await tellReplaced(bringing, { handedTo: to });
  const note = `Left to rollback ${to}, which replaces the instances.`;
  await Promise.all(rest.map((effect) => core.effects.settle(effect, 'handed', { note })));
};

/** Removes what a surge added, as far as nobody has asked for it since. */
const giveBackSurplus = async (context: StepContext, autoScaling: AutoScalingClient): Promise<void> => {
  const { record, core } = context;
  if (record.rollout !== 'surge') return;
  // The state that ran the surge, in a deployment or in a rollback.
  const state = record.kind === 'rollback' ? 'RollBack' : 'Rollout';
  const memo = (await core.records.step(record.deployment, state))?.memo as Partial<SurplusMemo> | undefined;
  if (memo?.raisedTo === undefined) return;
  const group = await describeGroup(autoScaling, record.group);
  const save = (change: Partial<SurplusMemo>) =>
    core.records.setStep(record.deployment, state, { memo: { ...memo, ...change } });
  const surplus = await trackSurplus(autoScaling, memo, save, group, core.clock());
  if (surplus === 0) return;
  await context.guard();
  await autoScaling.send(
    new SetDesiredCapacityCommand({
      AutoScalingGroupName: group.name,
      DesiredCapacity: group.desired - surplus,
      HonorCooldown: false,
    }),
  );
};
