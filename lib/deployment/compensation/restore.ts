import { type AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describeGroup, type Group } from '../../fleet/group';
import { isServing, targetHealth } from '../../fleet/targetGroups';
import { viewUntouched } from '../../rollout/fleetView';
import type { RefreshMemo } from '../../rollout/followRefresh';
import { membersByRelease } from '../../rollout/onRelease';
import { type SurplusMemo, trackSurplus } from '../../rollout/surplus';
import type { Progress } from '../../engine/waiting/waitingStep';
import type { StepContext } from '../../engine/context';
import { runWaves } from '../../engine/compensating';
import { type Effect, isOpen } from '../../engine/effect';
import { aws, data, recorded } from '../../engine/repairCommand';
import { RestoreFailed } from '../../engine/errors';
import { adoptLock } from './adoptLock';
import { goesForward } from '../../engine/forward';
import { replaceTouched, type ReplaceMemo } from './replaceTouched';
import { giveTemplate, groupTemplateEffect, isAt } from '../../rollout/groupTemplateEffect';
import { refreshEffect, restoreTarget } from '../../rollout/refreshEffect';
import { isOfScope, restoreGroupWaves, restoreInstancesWaves, restoreSizeWaves } from './registry';
import { refreshToBaseline } from './restoreRefresh';
import { settleAs } from '../../engine/settled';

export interface RestoreTools {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
}

interface Memo extends RefreshMemo, ReplaceMemo {
  surplusGivenBack: boolean;
  /** Epoch ms at which waiting for health began. */
  refreshedAt: number;
}

/** How long a restored fleet may take until enough of it is healthy, in milliseconds. */
const patienceMs = 30 * 60_000;

/**
 * Brings the fleet back: first what was changed of the group; then, if instances run anything else than the baseline, a
 * refresh to it. A deployment that a rollback halted leaves the refresh to that rollback.
 * @throws RestoreFailed
 */
export const restore = async (
  context: StepContext,
  memo: Partial<Memo>,
  save: (memo: Partial<Memo>) => Promise<void>,
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
  if (record.handedTo) {
    await handRest(context, record.handedTo.deployment, open);
    return { over: restored(false) };
  }
  const waiting = await bringBack(context, memo, save, tools, effects);
  if (waiting) return waiting;
  await runWaves(restoreInstancesWaves(tools), context, open);
  return { over: restored(goesForward(record)) };
};

/** @param complete a rollback has reached its target by its compensation. */
const restored = (complete: boolean) => ({ complete });

/**
 * Replaces the instances that run anything else than the baseline.
 * @returns the progress while there is something to wait for.
 */
const bringBack = async (
  context: StepContext,
  memo: Partial<Memo>,
  save: (memo: Partial<Memo>) => Promise<void>,
  tools: RestoreTools,
  effects: readonly Effect[],
): Promise<Progress | undefined> => {
  const { record } = context;
  const group = await describeGroup(tools.autoScaling, record.group);
  const off = await offBaseline(context, group, tools);
  const refreshing =
    memo.refreshId !== undefined ||
    effects.some((effect) => effect.target === restoreTarget(record.group) && isOpen(effect));
  if (!refreshing && (!off.isOff || off.isFew)) {
    if (isAt(group, record.launchTemplate) && record.baseline && !goesForward(record))
      // The refresh had given the new version to the group: the next instance would be launched from it.
      await giveTemplate(context, tools.autoScaling, group, record.baseline.launchTemplate);
    const replacing = off.isFew ? await replaceTouched(context, memo, save, tools) : undefined;
    return replacing ?? (memo.replacing === true ? awaitHealth(context, memo, save, tools) : undefined);
  }
  const progress = await refreshToBaseline({
    context,
    memo,
    save,
    autoScaling: tools.autoScaling,
    inPlace: off.inPlace,
    foreignTemplate: effects.some((effect) => groupTemplateEffect.is(effect) && effect.state === 'foreign'),
  });
  return 'over' in progress ? awaitHealth(context, memo, save, tools) : progress;
};

interface Off {
  readonly isOff: boolean;
  /** So few that only these are replaced, not the whole fleet. */
  readonly isFew: boolean;
  /** Some were launched from the baseline's template: a refresh that compares templates would skip them. */
  readonly inPlace: boolean;
}

/**
 * Which instances run anything else than the baseline. A rollback finds them by their tags, since it does not know what
 * was done to them. A deployment finds those that it changed itself.
 */
const offBaseline = async (context: StepContext, group: Group, tools: RestoreTools): Promise<Off> => {
  const { record } = context;
  const { baseline } = record;
  if (record.kind === 'rollback') {
    if (!baseline) return { isOff: false, isFew: false, inPlace: false };
    const { off, changedInPlace } = await membersByRelease(tools.ec2, group, {
      version: baseline.version,
      launchTemplate: baseline.launchTemplate,
    });
    const isOff = off.length > 0 || !isAt(group, baseline.launchTemplate);
    return { isOff, isFew: false, inPlace: changedInPlace };
  }
  const { old, fresh } = await viewUntouched(tools, record);
  return {
    isOff: old.length > 0,
    isFew: old.length > 0 && old.length <= fresh.length,
    inPlace: old.some(
      ({ launchTemplateVersion }) => launchTemplateVersion !== record.launchTemplate?.version,
    ),
  };
};

/** Hands over to the rollback what instances run, and the refresh that brings it: the rollback undoes them. */
const handRest = async ({ core }: StepContext, to: string, open: readonly Effect[]): Promise<void> => {
  const note = `Left to rollback ${to}, which replaces the instances.`;
  await Promise.all(
    open.filter(isOfScope('instances')).map((effect) => core.effects.settle(effect, 'handed', { note })),
  );
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

/** @throws RestoreFailed if too few are healthy for too long. */
const awaitHealth = async (
  context: StepContext,
  memo: Partial<Memo>,
  save: (memo: Partial<Memo>) => Promise<void>,
  { autoScaling, elb }: RestoreTools,
): Promise<Progress | undefined> => {
  const { record, settings, core } = context;
  const group = await describeGroup(autoScaling, record.group);
  const health = await targetHealth(elb, group.targetGroupArns);
  const serving = group.instances.filter((member) => isServing(member, health, group.targetGroupArns)).length;
  const wanted = Math.ceil((group.desired * settings.rollout.minHealthyPercentage) / 100);
  if (serving >= wanted) return undefined;
  const since = memo.refreshedAt ?? core.clock();
  if (memo.refreshedAt === undefined) await save({ refreshedAt: since });
  if (core.clock() - since < patienceMs)
    return { waitFor: [], expectedSeconds: 15, progress: `${String(serving)} of ${String(wanted)} healthy` };
  const note = `Only ${String(serving)} of ${String(group.desired)} instances of group ${group.name} are healthy after the way back, expected at least ${String(wanted)}.`;
  const effect = await core.effects.find(record.deployment, refreshEffect, restoreTarget(record.group));
  if (effect)
    await settleAs(core, effect, {
      state: 'left',
      note,
      mend: aws({ region: recorded(core.environment.region) }, 'autoscaling describe-scaling-activities', {
        '--auto-scaling-group-name': data(recorded(group.name)),
      }),
    });
  throw new RestoreFailed(note);
};
