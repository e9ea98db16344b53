import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { activitiesSince, isScaledTo } from '../fleet/activities';
import type { Group } from '../fleet/group';
import { memberOf } from '../fleet/members';
import { type ScheduledAction, describeScheduledActions } from '../fleet/scheduledActions';

/** What a surge remembers of the capacity that it added. Times are epoch ms. */
export interface SurplusMemo {
  /** What is added to the desired capacity. */
  surplus: number;
  /** The desired capacity with the surplus. */
  raisedTo: number;
  /** The two above are final, and the capacity is about to be raised. */
  raising: boolean;
  raised: boolean;
  raisedAt: number;
  /** Ids of old instances terminated with decrement: each has given one of the surplus back. */
  givenBack: string[];
  /** How much of the surplus others have asked for since: it is not given back. */
  ceded: number;
  /** By how much others have changed the desired capacity since. */
  changes: number;
  /** Scheduled actions that have asked for a capacity since, or are going to. */
  scheduled: ScheduledAction[];
}

/** An action is reckoned with this long before its time: giving capacity back takes a while. */
const leadMs = 60_000;

/**
 * Ids of those that have given theirs back. An instance that was to be terminated but is still in service (the function
 * died, or the call was refused) has given nothing back.
 */
const givenOf = (memo: Partial<SurplusMemo>, { instances }: Pick<Group, 'instances'>): string[] =>
  (memo.givenBack ?? []).filter((id) => memberOf({ instances }, id)?.lifecycle !== 'InService');

/** How much of the surplus is still in the desired capacity, and is ours to give back. */
export const surplusLeft = (memo: Partial<SurplusMemo>, group: Pick<Group, 'instances'>): number => {
  if (memo.raised !== true && memo.raising !== true) return 0;
  return Math.max(0, (memo.surplus ?? 0) - givenOf(memo, group).length - (memo.ceded ?? 0));
};

/** By how much the desired capacity differs from what we and, so far, others have made of it. */
export const capacityDriftOf = (
  memo: Partial<SurplusMemo>,
  group: Pick<Group, 'instances' | 'desired'>,
): number => group.desired - ((memo.raisedTo ?? 0) - givenOf(memo, group).length + (memo.changes ?? 0));

/**
 * The actions that ask for a capacity after the raise. One that ran and does not recur is listed no more, so what was
 * seen ahead is remembered; one that went missing before its time was deleted, and is forgotten.
 */
export const rememberActions = (
  remembered: readonly ScheduledAction[],
  listed: readonly ScheduledAction[],
  now: number,
): ScheduledAction[] => {
  const asking = listed.filter(({ desired }) => desired !== undefined);
  const isListed = ({ name, startsAt }: ScheduledAction): boolean =>
    asking.some((action) => action.name === name && action.startsAt === startsAt);
  return [...remembered.filter((action) => action.startsAt <= now && !isListed(action)), ...asking];
};

/**
 * How much of the surplus is ceded. Who sets a capacity asks for just that many instances, whatever we had added before:
 * nothing is given back then. A scaling policy adds to what is there or takes from it: the surplus stays ours. Below the
 * minimum nothing can be given back.
 */
export const cededNow = (
  memo: Partial<SurplusMemo>,
  group: Pick<Group, 'instances' | 'desired' | 'min'>,
  wasAskedFor: boolean,
): number => {
  const left = surplusLeft(memo, group);
  const kept = wasAskedFor ? 0 : Math.min(left, Math.max(0, group.desired - group.min));
  return (memo.ceded ?? 0) + left - kept;
};

/** Looks at what others did with the desired capacity since the last look, and notes it. */
export const trackSurplus = async (
  autoScaling: AutoScalingClient,
  memo: Partial<SurplusMemo>,
  save: (change: Partial<SurplusMemo>) => Promise<void>,
  group: Group,
  now: number,
): Promise<number> => {
  // What is not ours any more cannot become ours again.
  if (surplusLeft(memo, group) === 0) return 0;
  const listed = await describeScheduledActions(autoScaling, group.name);
  const scheduled = rememberActions(memo.scheduled ?? [], listed, now);
  const isDue =
    !group.suspended.includes('ScheduledActions') &&
    scheduled.some(({ startsAt }) => startsAt <= now + leadMs);
  const drift = capacityDriftOf(memo, group);
  const wasScaled =
    drift !== 0 &&
    isScaledTo(await activitiesSince(autoScaling, group.name, memo.raisedAt ?? now), group.desired);
  const ceded = cededNow(memo, group, isDue || (drift !== 0 && !wasScaled));
  await save({ scheduled, ceded, changes: (memo.changes ?? 0) + drift });
  return surplusLeft({ ...memo, ceded }, group);
};
