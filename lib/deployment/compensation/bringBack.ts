import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { runWaves } from '../../engine/compensating';
import type { StepContext } from '../../engine/context';
import { type Effect, isOpen } from '../../engine/effect';
import { RestoreFailed } from '../../engine/errors';
import { goesForward } from '../../engine/forward';
import type { Progress } from '../../engine/waiting/waitingStep';
import { activitiesSince, failedLaunches, lacksCapacity } from '../../fleet/activities';
import { causesOf } from '../../fleet/causes';
import { describeGroup, type Group, type Member } from '../../fleet/group';
import { isGone } from '../../fleet/members';
import { describeTargets, isServing } from '../../fleet/targetGroups';
import type { Touched } from '../../provisioning/touched';
import { minHealthy } from '../../rollout/arithmetic';
import type { FleetView } from '../../rollout/fleetView';
import type { RefreshMemo } from '../../rollout/followRefresh';
import {
  changesOfGroup,
  launchesVersion,
  noteOtherTemplate,
  otherTemplateText,
  usesOtherTemplate,
} from '../../rollout/externalChanges';
import { giveTemplate, groupTemplateEffect, isAt } from '../../rollout/groupTemplateEffect';
import { uniqueReasons } from '../../rollout/patience';
import { restoreTarget } from '../../rollout/refreshEffect';
import { replaceOld, type ReplaceMemo, successorTrouble } from '../../rollout/replaceOld';
import { leaveWayBack } from './leaveWayBack';
import { offBaseline } from './offBaseline';
import { restoreInstancesWaves } from './registry';
import { refreshToBaseline } from './restoreRefresh';
import { replacedText } from './touchedInstances';

export interface RestoreTools {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly ssm: SSMClient;
}

export interface RestoreMemo extends RefreshMemo, ReplaceMemo {
  surplusGivenBack: boolean;
  /** Instances on which a command may have begun; found when the commands have ended. */
  touched: Touched;
  /** Epoch ms at which waiting for health began. */
  refreshedAt: number;
}

/** How long a restored fleet may take until enough of it is healthy, in milliseconds. */
const patienceMs = 30 * 60_000;

export interface Bringing {
  readonly context: StepContext;
  readonly memo: Partial<RestoreMemo>;
  readonly save: (memo: Partial<RestoreMemo>) => Promise<void>;
  readonly tools: RestoreTools;
  readonly touched: Touched;
  readonly effects: readonly Effect[];
}

/** Notes in the record how many instances were replaced, and why. */
export const tellReplaced = async (
  { context: { record, core }, touched }: Bringing,
  fate: Parameters<typeof replacedText>[2] = {},
): Promise<void> => {
  const replaced = replacedText(record, touched, fate);
  if (replaced !== undefined) await core.records.set(record.deployment, { replaced });
};

/**
 * Replaces the instances that run anything else than the baseline.
 * @returns the progress while there is something to wait for.
 */
export const bringBack = async (bringing: Bringing): Promise<Progress | undefined> => {
  const { context, memo, save, tools, effects, touched } = bringing;
  const { record } = context;
  const group = await describeGroup(tools.autoScaling, record.group);
  await context.core.records.warn(record.deployment, ...changesOfGroup(record.groupBefore, group));
  const off = await offBaseline(context, touched, tools, group);
  const refreshing =
    memo.refreshId !== undefined ||
    effects.some((effect) => effect.target === restoreTarget(record.group) && isOpen(effect));
  const other = await usesOther(context, group, effects);
  if (!refreshing && other && off.isOff && (await launchesVersion(tools.ec2, group, record)))
    return giveUp(bringing, onOtherText(context, group), off.members, { byRefresh: true });
  if (!refreshing && (!off.isOff || off.singly)) {
    if (!other && isAt(group, record.launchTemplate) && record.baseline && !goesForward(record))
      // The refresh had given the new version to the group: the next instance would be launched from it.
      await giveTemplate(context, tools.autoScaling, group, record.baseline.launchTemplate);
    const replacing = off.singly ? await replaceSingly(bringing, off.singly) : 'done';
    if (replacing !== 'done') return replacing;
    // The group itself may have replaced one that a command made unhealthy.
    const isReplaced = memo.replacing === true || Object.keys(touched).length > 0;
    return isReplaced ? awaitHealth(bringing) : undefined;
  }
  if (!refreshing) await refuseWithoutCapacity(bringing, group, off.members);
  const progress = await refreshToBaseline({
    context,
    memo,
    save,
    clients: tools,
    inPlace: off.inPlace,
    foreignTemplate: other,
  }).catch(async (error: unknown) => {
    // It has noted the way back as left.
    if (error instanceof RestoreFailed) await settleInstances(bringing, off.members);
    throw error;
  });
  if ('lost' in progress) return giveUp(bringing, progress.lost, off.members);
  return 'over' in progress ? awaitHealth(bringing) : progress;
};

/** Whether the group's launch template is somebody else's now. It is noted, so that it is told. */
const usesOther = async (
  context: StepContext,
  group: Group,
  effects: readonly Effect[],
): Promise<boolean> => {
  if (effects.some((effect) => groupTemplateEffect.is(effect) && effect.state === 'foreign')) return true;
  const { record } = context;
  if (record.kind === 'rollback' || !usesOtherTemplate(record, group)) return false;
  await noteOtherTemplate(context, group);
  return true;
};

/**
 * Somebody has made the group's launch template version from the deployment's own: whatever the group launched in place
 * of an instance would run the failed version again. So the instances stay, until a person decides which of the two goes.
 */
const onOtherText = ({ record: { version, baseline } }: StepContext, group: Group): string =>
  `${otherTemplateText(group)} It has the image of ${version}, so that no instance can be replaced by one of ${baseline?.version ?? 'the baseline'} while the group uses it; the command gives the group version ${baseline?.launchTemplate.version ?? '?'} in its place`;

/** Lists what is left, and ends. @throws RestoreFailed */
const giveUp = async (
  bringing: Bringing,
  why: string,
  remaining: readonly Member[],
  { byRefresh = false } = {},
): Promise<never> => {
  const { context, tools } = bringing;
  const note = await leaveWayBack(context, tools.autoScaling, why, remaining, byRefresh);
  await settleInstances(bringing, remaining);
  throw new RestoreFailed(note);
};

/**
 * The way back is noted as left, and names the instances. Whatever else the journal holds of instances is settled; those
 * that are left keep the tags that say what runs there.
 */
const settleInstances = async (bringing: Bringing, remaining: readonly Member[]): Promise<void> => {
  const { context, tools, effects } = bringing;
  const { group } = context.record;
  const others = effects.filter((effect) => isOpen(effect) && effect.target !== restoreTarget(group));
  const left = new Set(remaining.map(({ id }) => id));
  await runWaves(restoreInstancesWaves(tools, left), context, others);
  const { desired, instances } = await describeGroup(tools.autoScaling, group);
  const missing = Math.max(0, desired - instances.filter((member) => !isGone(member)).length);
  await tellReplaced(bringing, { left, missing });
};

const replaceSingly = async (bringing: Bringing, view: FleetView) => {
  const { context, memo, save, tools } = bringing;
  const { record, core } = context;
  // Where the rollback itself could not replace them, the same is not tried twice.
  const tried =
    record.kind === 'rollback' ? (await core.records.step(record.deployment, 'RollBack'))?.memo : undefined;
  if (typeof tried?.stuck === 'string') return giveUp(bringing, tried.stuck, view.old);
  const replacing = await replaceOld(context, memo, save, tools.autoScaling, view);
  if (replacing !== 'done' && 'stuck' in replacing) return giveUp(bringing, replacing.stuck, view.old);
  return replacing;
};

/** A refresh waits an hour for capacity that was not to be had just before: then nothing is replaced. */
const refuseWithoutCapacity = async (
  bringing: Bringing,
  group: Group,
  off: readonly Member[],
): Promise<void> => {
  const { context, tools } = bringing;
  const { record, settings } = context;
  if (group.instances.filter((member) => !isGone(member)).length >= group.desired) return;
  const launches = failedLaunches(await activitiesSince(tools.autoScaling, group.name, record.acceptedAt));
  const lacking = launches.filter(lacksCapacity);
  if (lacking.length < settings.rollout.maxFailedLaunches || lacking.length < launches.length) return;
  await giveUp(
    bringing,
    `${String(lacking.length)} launches failed in a row: ${uniqueReasons(lacking)}`,
    off,
  );
};

/** @throws RestoreFailed if too few are healthy for too long, or their successors do not come up. */
const awaitHealth = async (bringing: Bringing): Promise<Progress | undefined> => {
  const { context, memo, save, tools } = bringing;
  const { record, settings, core } = context;
  const group = await describeGroup(tools.autoScaling, record.group);
  const { health, reasons } = await describeTargets(tools.elb, group.targetGroupArns);
  const healthy = new Set(
    group.instances.filter((one) => isServing(one, health, group.targetGroupArns)).map(({ id }) => id),
  );
  const wanted = minHealthy(
    group.desired,
    settings.rollout.minHealthyPercentage,
    memo.healthyBefore ?? Math.min(record.fleetSize ?? group.desired, group.desired),
  );
  if (healthy.size >= wanted) return undefined;
  const now = core.clock();
  const since = memo.refreshedAt ?? now;
  if (memo.refreshedAt === undefined) await save({ refreshedAt: since });
  const fresh = group.instances.filter(({ id }) => memo.members?.includes(id) === false);
  const trouble = await successorTrouble(
    context,
    { ...memo, replacingSince: memo.replacingSince ?? since },
    save,
    tools.autoScaling,
    { group, old: [], fresh, healthy, reasons },
  );
  if (trouble === undefined && now - since < patienceMs)
    return {
      waitFor: [],
      expectedSeconds: 15,
      progress: `${String(healthy.size)} of ${String(wanted)} healthy`,
      why: () =>
        causesOf({ autoScaling: tools.autoScaling, group, reasons, since: memo.replacingSince ?? since }),
    };
  const few = `Only ${String(healthy.size)} of ${String(group.desired)} instances of group ${group.name} are healthy after the way back, expected at least ${String(wanted)}`;
  return giveUp(bringing, trouble === undefined ? few : `${few}: ${trouble}`, []);
};
