import { type AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describeGroup, type Group } from '../../fleet/group';
import { isServing, targetHealth } from '../../fleet/targetGroups';
import { type FleetView, viewByRelease, viewUntouched } from '../../rollout/fleetView';
import type { RefreshMemo } from '../../rollout/followRefresh';
import { membersByRelease } from '../../rollout/onRelease';
import { replaceOld, type ReplaceMemo } from '../../rollout/replaceOld';
import { type SurplusMemo, trackSurplus } from '../../rollout/surplus';
import type { Progress } from '../../engine/waiting/waitingStep';
import type { StepContext } from '../../engine/context';
import { runWaves } from '../../engine/compensating';
import { type Effect, isOpen } from '../../engine/effect';
import { aws, data, recorded } from '../../engine/repairCommand';
import { RestoreFailed } from '../../engine/errors';
import { adoptLock } from './adoptLock';
import { goesForward } from '../../engine/forward';
import { giveTemplate, groupTemplateEffect, isAt } from '../../rollout/groupTemplateEffect';
import { refreshEffect, restoreTarget } from '../../rollout/refreshEffect';
import { isOfScope, restoreGroupWaves, restoreInstancesWaves, restoreSizeWaves } from './registry';
import { refreshToBaseline } from './restoreRefresh';
import { settleAs, type Settled } from '../../engine/settled';
import { commandEffect } from '../../provisioning/commandEffect';
import type { Touched } from '../../provisioning/touched';
import { noteTouched, replacedText } from './touchedInstances';

export interface RestoreTools {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly ssm: SSMClient;
}

interface Memo extends RefreshMemo, ReplaceMemo {
  surplusGivenBack: boolean;
  /** Instances on which a command may have begun; found once. */
  touched: Touched;
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
  // A rollback that takes over goes by the tags that this leaves.
  const touched = memo.touched ?? (await noteTouched(context, tools, effects));
  if (memo.touched === undefined) await save({ touched });
  const now = await core.effects.list(record.deployment);
  const openNow = now.filter(isOpen);
  if (record.handedTo) {
    await handRest(context, record.handedTo.deployment, openNow);
    return { over: restored(false) };
  }
  const bringing = { context, memo: { ...memo, touched }, save, tools, effects: now };
  const waiting = await bringBack(bringing);
  if (waiting) return waiting;
  await runWaves(restoreInstancesWaves(tools), context, openNow);
  await core.records.set(record.deployment, replacedText(record, touched));
  return { over: restored(goesForward(record)) };
};

/** @param complete a rollback has reached its target by its compensation. */
const restored = (complete: boolean) => ({ complete });

interface Bringing {
  readonly context: StepContext;
  readonly memo: Partial<Memo> & Pick<Memo, 'touched'>;
  readonly save: (memo: Partial<Memo>) => Promise<void>;
  readonly tools: RestoreTools;
  readonly effects: readonly Effect[];
}

/**
 * Replaces the instances that run anything else than the baseline.
 * @returns the progress while there is something to wait for.
 */
const bringBack = async (bringing: Bringing): Promise<Progress | undefined> => {
  const { context, memo, save, tools, effects } = bringing;
  const { record } = context;
  const group = await describeGroup(tools.autoScaling, record.group);
  const off = await offBaseline(bringing, group);
  const refreshing =
    memo.refreshId !== undefined ||
    effects.some((effect) => effect.target === restoreTarget(record.group) && isOpen(effect));
  if (!refreshing && (!off.isOff || off.singly)) {
    if (isAt(group, record.launchTemplate) && record.baseline && !goesForward(record))
      // The refresh had given the new version to the group: the next instance would be launched from it.
      await giveTemplate(context, tools.autoScaling, group, record.baseline.launchTemplate);
    const replacing = off.singly
      ? await replaceOld(
          context,
          memo,
          save,
          tools.autoScaling,
          off.singly,
          (message) => new RestoreFailed(message),
        )
      : undefined;
    return replacing ?? (memo.replacing === true ? awaitHealth(bringing) : undefined);
  }
  const progress = await refreshToBaseline({
    context,
    memo,
    save,
    autoScaling: tools.autoScaling,
    inPlace: off.inPlace,
    foreignTemplate: effects.some((effect) => groupTemplateEffect.is(effect) && effect.state === 'foreign'),
  });
  return 'over' in progress ? awaitHealth(bringing) : progress;
};

interface Off {
  readonly isOff: boolean;
  /** Set where only the old ones of this view are replaced, one for one, rather than by a refresh. */
  readonly singly?: FleetView;
  /** Some were launched from the baseline's template: a refresh that compares templates would skip them. */
  readonly inPlace: boolean;
}

/**
 * Which instances run anything else than the baseline. A rollback finds them by their tags, since it does not know what
 * was done to them. A deployment finds those that it changed itself.
 */
const offBaseline = async ({ context, memo, tools }: Bringing, group: Group): Promise<Off> => {
  const { record } = context;
  const { baseline } = record;
  if (record.kind === 'rollback') {
    if (!baseline) return { isOff: false, inPlace: false };
    const marks = { version: baseline.version, launchTemplate: baseline.launchTemplate };
    const { on, off, changedInPlace } = await membersByRelease(tools.ec2, group, marks);
    const isOff = off.length > 0 || !isAt(group, baseline.launchTemplate);
    const singly = changedInPlace && on.size > 0 && isAt(group, baseline.launchTemplate);
    return {
      isOff,
      inPlace: changedInPlace,
      ...(singly && { singly: await viewByRelease(tools, record.group, marks) }),
    };
  }
  const view = await viewUntouched(tools, record, new Set(Object.keys(memo.touched)));
  const { old, fresh } = view;
  const inPlace = old.some(
    ({ launchTemplateVersion }) => launchTemplateVersion !== record.launchTemplate?.version,
  );
  // A refresh compares templates: to replace what was changed in place it would replace what nobody touched, too.
  const singly = fresh.length > 0 && (inPlace || old.length <= fresh.length);
  return { isOff: old.length > 0, inPlace, ...(old.length > 0 && singly && { singly: view }) };
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
const awaitHealth = async ({
  context,
  memo,
  save,
  tools,
  effects,
}: Bringing): Promise<Progress | undefined> => {
  const { autoScaling, elb } = tools;
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
  const settled: Settled = {
    state: 'left',
    note,
    mend: aws({ region: recorded(core.environment.region) }, 'autoscaling describe-scaling-activities', {
      '--auto-scaling-group-name': data(recorded(group.name)),
    }),
  };
  const refresh = await core.effects.find(record.deployment, refreshEffect, restoreTarget(record.group));
  const left: Effect | undefined =
    refresh ?? effects.find((effect) => isOpen(effect) && commandEffect.is(effect));
  if (left) await settleAs(core, left, settled);
  // What was to be replaced is gone, so nothing else of the instances is left.
  const others = effects.filter((effect) => isOpen(effect) && effect.item !== left?.item);
  await runWaves(restoreInstancesWaves(tools), context, others);
  throw new RestoreFailed(note);
};
