import type { StepContext } from '../engine/context';
import { groupKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import { activitiesSince, failedLaunches } from '../fleet/activities';
import { describeGroup, type Group } from '../fleet/group';
import { isGone } from '../fleet/members';
import { describeTargets, isServing, type TargetReasons } from '../fleet/targetGroups';
import { secondsUntilChange } from './arithmetic';
import type { FleetClients } from './fleetView';
import { graceMsOf, uniqueReasons } from './patience';

/** What is remembered between two looks. Times are epoch ms. */
export interface CapacityMemo {
  readonly since: number;
  /** The most that have served, and since when. */
  readonly most: number;
  readonly roseAt: number;
  readonly looks: number;
}

/** The step's deadline allows for no more. */
const maxWaitMs = 12 * 60_000;

/** So many are told by name. */
const maxTold = 10;

/**
 * The last part of a rollout: waits until as many instances serve as the group is to have, so that nobody is told of a
 * success while a replacement is still coming up. Where that takes too long, or nothing can be launched, the end says so
 * as a warning.
 * @returns undefined when there is nothing to wait for any more.
 */
export const awaitCapacity = async (
  context: StepContext,
  memo: CapacityMemo | undefined,
  save: (memo: CapacityMemo) => Promise<void>,
  { autoScaling, elb }: FleetClients,
): Promise<Progress | undefined> => {
  const { record, settings, core } = context;
  const group = await describeGroup(autoScaling, record.group);
  const { health, reasons } = await describeTargets(elb, group.targetGroupArns);
  const serving = group.instances.filter((member) => isServing(member, health, group.targetGroupArns));
  if (serving.length >= group.desired) return undefined;
  const now = core.clock();
  const before = memo ?? { since: now, most: serving.length, roseAt: now, looks: 0 };
  const hasRisen = serving.length > before.most;
  const noted = {
    since: before.since,
    most: Math.max(before.most, serving.length),
    roseAt: hasRisen ? now : before.roseAt,
    looks: hasRisen ? 0 : before.looks + 1,
  };
  await save(noted);
  const launches = failedLaunches(await activitiesSince(autoScaling, group.name, noted.since));
  const isOver =
    now - noted.since >= maxWaitMs ||
    now - noted.roseAt >= graceMsOf(group, settings.rollout) ||
    launches.length >= settings.rollout.maxFailedLaunches;
  const count = `${String(serving.length)} of ${String(group.desired)} instances`;
  if (!isOver)
    return {
      waitFor: [groupKey(group.name)],
      expectedSeconds: secondsUntilChange(noted.looks, true),
      progress: `${count} serve`,
    };
  const served = new Set(serving.map(({ id }) => id));
  await core.records.warn(
    record.deployment,
    `Only ${count} of group ${group.name} serve. ${whyNot(group, served, reasons, launches)}`,
  );
  return undefined;
};

/** Which members do not serve, and why AWS launches no others. */
const whyNot = (
  { instances, desired }: Group,
  served: ReadonlySet<string>,
  reasons: TargetReasons,
  launches: readonly string[],
): string => {
  const here = instances.filter((member) => !isGone(member) && !/^(Standby|Warmed)/.test(member.lifecycle));
  const idle = here.filter(({ id }) => !served.has(id));
  const told = idle.slice(0, maxTold).map(({ id, lifecycle }) => `${id} (${reasons.get(id) ?? lifecycle})`);
  const lacking = desired - here.length;
  return [
    ...(told.length > 0 ? [`Not in service or not healthy: ${told.join(', ')}.`] : []),
    ...(lacking > 0 ? [`${String(lacking)} could not be launched: ${uniqueReasons(launches)}`] : []),
  ].join(' ');
};
