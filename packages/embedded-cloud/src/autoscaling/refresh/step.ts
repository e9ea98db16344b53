/** One step of a running refresh: what is healthy, what can be replaced next, and whether the refresh is over. */
import type { Region } from '../../core/service';
import { allMembers, counts, inService, isPending, isSuspended, isWarm } from '../groups';
import { healthyInTargetGroups } from '../health';
import { launch } from '../launching';
import { choicesOf, currentSource } from '../source';
import type { Group, Member, Refresh } from '../state';
import { terminate } from '../terminating';
import { begin } from './begin';
import { cancelled, fail, succeed } from './ending';
import { publishRefresh } from './events';
import { checkpointDelayMs, goalPercentage, limitsOf, nextStopPercentage, warmupMsOf } from './limits';
import { neededFor, nextStep, percentageOf, reachedCheckpoint, totalOf } from './plan';

/**
 * How long `Wait` waits for instances that are in standby or protected, and how long a refresh waits for any progress.
 */
const patienceMs = 3_600_000;

interface Look {
  /** Old instances that may be terminated now. */
  readonly replaceable: Member[];
  /** Old instances that are still pending. They are replaced once they are in service. */
  readonly oldPending: number;
  readonly blocked: Member[];
  readonly healthy: number;
  readonly counted: number;
  /** New instances that are missing, pending or warming up. */
  readonly notReady: number;
  readonly leaving: number;
  readonly total: number;
  readonly updated: number;
  /** When the next warm-up ends. */
  readonly readyAt?: number;
}

/**
 * Sets `ready` on a new instance that is healthy after its warm-up.
 * @returns when its warm-up ends, if it has not ended
 */
const becomeReady = (region: Region, group: Group, member: Member, warmupMs: number): number | undefined => {
  if (member.ready === true || !inService(member)) return undefined;
  const warmAt = (member.inServiceAt ?? region.now()) + warmupMs;
  if (region.now() < warmAt) return warmAt;
  if (member.health === 'Healthy' && healthyInTargetGroups(region, group, member)) member.ready = true;
  return undefined;
};

/** While one of these processes is suspended, a refresh replaces nothing and makes no progress. */
const isHeld = (group: Group): boolean =>
  ['Launch', 'Terminate', 'InstanceRefresh'].some((process) => isSuspended(group, process));

const isBlocked = (refresh: Refresh, member: Member): boolean => {
  const { StandbyInstances = 'Wait', ScaleInProtectedInstances = 'Wait' } = refresh.preferences;
  if (member.lifecycle.endsWith('Standby')) return StandbyInstances === 'Wait';
  return member.protected && ScaleInProtectedInstances === 'Wait';
};

/** An old instance is one that the refresh has yet to replace, and that is not on its way out already. */
const isOld = (refresh: Refresh, { id, lifecycle }: Member): boolean =>
  refresh.targets[id] !== undefined &&
  !lifecycle.startsWith('Terminating') &&
  !lifecycle.startsWith('Detaching');

/**
 * Counts the instances of each kind in one pass, since this runs whenever one instance of a fleet of thousands changes.
 */
const tally = (region: Region, group: Group, refresh: Refresh) => {
  const warmupMs = warmupMsOf(group, refresh);
  const replaceable: Member[] = [];
  const blocked: Member[] = [];
  const seen = {
    fresh: 0,
    ready: 0,
    old: 0,
    oldCounted: 0,
    oldPending: 0,
    counted: 0,
    healthy: 0,
    leaving: 0,
  };
  let readyAt: number | undefined;
  for (const member of allMembers(group)) {
    if (isWarm(member)) continue;
    const isCounted = counts(member);
    const isFresh = member.refreshId === refresh.id;
    if (isCounted) seen.counted += 1;
    if (isCounted && isFresh) {
      seen.fresh += 1;
      const at = becomeReady(region, group, member, warmupMs);
      if (at !== undefined) readyAt = Math.min(readyAt ?? at, at);
      if (member.ready === true) seen.ready += 1;
    }
    if (inService(member) && member.health === 'Healthy' && (!isFresh || member.ready === true))
      seen.healthy += 1;
    if (member.lifecycle.startsWith('Terminating')) seen.leaving += 1;
    if (!isOld(refresh, member)) continue;
    seen.old += 1;
    if (isCounted) seen.oldCounted += 1;
    if (isPending(member)) seen.oldPending += 1;
    if (isBlocked(refresh, member)) blocked.push(member);
    else if (!isPending(member) && member.lifecycle !== 'EnteringStandby') replaceable.push(member);
  }
  return { ...seen, replaceable, blocked, readyAt };
};

const look = (region: Region, group: Group, refresh: Refresh): Look => {
  const { replaceable, blocked, readyAt, ...seen } = tally(region, group, refresh);
  const missing = Math.max(0, group.desired - seen.counted);
  const notReady = seen.fresh - seen.ready;
  const others = seen.counted - seen.fresh - seen.oldCounted;
  const total = totalOf(group.desired, others, seen.old - seen.oldCounted);
  const over = seen.old === 0 && notReady === 0 && missing === 0;
  return {
    replaceable,
    oldPending: seen.oldPending,
    blocked,
    healthy: seen.healthy,
    counted: seen.counted,
    notReady: notReady + missing,
    leaving: seen.leaving,
    total,
    updated: over ? total : Math.max(0, Math.min(total - seen.old, seen.ready)),
    ...(readyAt === undefined ? {} : { readyAt }),
  };
};

const note = (region: Region, refresh: Refresh, { total, updated }: Look): void => {
  const remaining = Math.max(0, total - updated);
  if (remaining !== refresh.remaining) refresh.progressAt = region.now();
  refresh.total = total;
  refresh.remaining = remaining;
  refresh.percentage = percentageOf(updated, total);
};

/** How many old instances may still be replaced before the next checkpoint or the end. */
const budgetOf = (refresh: Refresh, { total, replaceable, oldPending, blocked }: Look): number => {
  const gone = total - replaceable.length - oldPending - blocked.length;
  return Math.max(0, neededFor(nextStopPercentage(refresh), total) - gone);
};

/**
 * Instances in standby that are to be replaced, and unhealthy ones, do not serve. They are terminated without regard to
 * the limits.
 */
const replaceNext = (region: Region, group: Group, refresh: Refresh, seen: Look): void => {
  if (isHeld(group)) return;
  const budget = budgetOf(refresh, seen);
  const idle = seen.replaceable
    .filter((member) => !inService(member) || member.health === 'Unhealthy')
    .slice(0, budget);
  const serving = seen.replaceable.filter((member) => inService(member) && member.health === 'Healthy');
  const { terminate: count, launchAhead } = nextStep({
    ...limitsOf(group, refresh),
    desired: group.desired,
    healthy: seen.healthy,
    counted: seen.counted,
    replaceable: Math.min(serving.length, budget - idle.length),
    inFlight: seen.notReady,
  });
  const order = `an instance refresh`;
  for (const member of [...idle, ...serving.slice(0, count)]) {
    delete refresh.targets[member.id];
    terminate(region, group, member, `taken out of service in response to ${order}`);
  }
  const left = allMembers(group).filter(counts).length;
  const wanted = Math.max(0, group.desired - left) + launchAhead;
  if (wanted === 0 || (group.launchAgainAt ?? 0) > region.now()) return;
  const choices = choicesOf(region, currentSource(group, refresh));
  launch(region, group, { count: wanted, choices, cause: order, refresh });
};

/**
 * At a checkpoint the refresh waits for its delay, with no launch under way, and then goes on by itself. After the last
 * checkpoint there is nothing left to wait for. A checkpoint of 100 percent has no event either.
 * @returns whether the refresh waits
 */
const waitsAtCheckpoint = (region: Region, group: Group, refresh: Refresh, seen: Look): boolean => {
  if (refresh.checkpointUntil !== undefined) {
    if (region.now() < refresh.checkpointUntil) return true;
    delete refresh.checkpointUntil;
    refresh.progressAt = region.now();
  }
  if (refresh.rollback || seen.notReady > 0) return false;
  const percentages = refresh.preferences.CheckpointPercentages ?? [];
  const reached = reachedCheckpoint(percentages, refresh.checkpoint, refresh.percentage);
  const percentage = percentages[reached ?? percentages.length];
  if (reached === undefined || percentage === undefined || percentage >= 100) return false;
  refresh.checkpoint = reached + 1;
  publishRefresh(region, group, refresh, 'Checkpoint Reached', {
    CheckpointPercentage: percentage,
    CheckpointDelay: checkpointDelayMs(refresh) / 1000,
  });
  if (refresh.checkpoint === percentages.length) return false;
  refresh.checkpointUntil = region.now() + checkpointDelayMs(refresh);
  refresh.statusReason = `Waiting ${checkpointDelayMs(refresh) / 1000} seconds at the checkpoint of ${percentage} percent.`;
  return true;
};

const finish = (region: Region, group: Group, refresh: Refresh): void => {
  const bakeMs = (refresh.preferences.BakeTime ?? 0) * 1000;
  if (refresh.rollback || bakeMs === 0) return succeed(region, group, refresh);
  if (refresh.bakeUntil === undefined) {
    refresh.status = 'Baking';
    refresh.bakeUntil = region.now() + bakeMs;
    publishRefresh(region, group, refresh, 'Started Baking');
  } else if (region.now() >= refresh.bakeUntil) {
    region.span({
      kind: 'bake',
      subject: refresh.id,
      startedAt: refresh.bakeUntil - bakeMs,
      endedAt: region.now(),
    });
    succeed(region, group, refresh);
  }
};

/** @returns whether the refresh has waited too long, and has therefore failed */
const outOfPatience = (region: Region, group: Group, refresh: Refresh, seen: Look): boolean => {
  const onlyBlocked =
    seen.blocked.length > 0 && seen.replaceable.length === 0 && seen.notReady + seen.oldPending === 0;
  if (!onlyBlocked) delete refresh.blockedSince;
  else refresh.blockedSince ??= region.now();
  if (refresh.blockedSince !== undefined && region.now() >= refresh.blockedSince + patienceMs) {
    const names = seen.blocked.map(({ id }) => id).join(', ');
    fail(
      region,
      group,
      refresh,
      `Timed out waiting for instances in Standby or protected from scale in: ${names}.`,
    );
    return true;
  }
  if (onlyBlocked || isHeld(group)) refresh.progressAt = Math.max(refresh.progressAt, region.now());
  if (region.now() < refresh.progressAt + patienceMs) return false;
  fail(region, group, refresh, 'No instance has become healthy for an hour.');
  return true;
};

const warmPoolIsCurrent = (group: Group, refresh: Refresh): boolean =>
  !allMembers(group).some((member) => isWarm(member) && refresh.targets[member.id]);

/**
 * Whether everything is replaced and no instance is launching, warming up or terminating. A partial refresh leaves the
 * warm pool as it is.
 */
const isOver = (group: Group, refresh: Refresh, seen: Look): boolean => {
  const goal = goalPercentage(refresh);
  if (seen.notReady + seen.leaving > 0) return false;
  if (goal < 100 && refresh.percentage >= goal) return true;
  const left = seen.replaceable.length + seen.oldPending + seen.blocked.length;
  return left === 0 && warmPoolIsCurrent(group, refresh);
};

const deadlineOf = (refresh: Refresh, seen: Look): number =>
  Math.min(
    seen.readyAt ?? Infinity,
    refresh.checkpointUntil ?? refresh.progressAt + patienceMs,
    refresh.blockedSince === undefined ? Infinity : refresh.blockedSince + patienceMs,
  );

/**
 * Moves the group's refresh on as far as possible now.
 * @returns when to call this again if nothing happens before (epoch milliseconds)
 */
export const stepRefresh = (region: Region, group: Group, refresh: Refresh): number | undefined => {
  if (refresh.status === 'Pending') begin(region, group, refresh);
  if (refresh.status === 'Baking') {
    finish(region, group, refresh);
    return refresh.bakeUntil;
  }
  const seen = look(region, group, refresh);
  if (refresh.status === 'Cancelling') {
    // AWS waits for launches and terminations that are under way, not until what was launched is healthy (API
    // Reference, CancelInstanceRefresh, WaitForTransitioningInstances).
    const coming = allMembers(group).some((member) => !isWarm(member) && isPending(member));
    if (!coming && seen.leaving === 0) cancelled(region, group, refresh);
    return seen.readyAt;
  }
  if (refresh.status !== 'InProgress' && refresh.status !== 'RollbackInProgress') return undefined;
  note(region, refresh, seen);
  if (waitsAtCheckpoint(region, group, refresh, seen)) return refresh.checkpointUntil;
  delete refresh.statusReason;
  if (refresh.rollback) refresh.statusReason = refresh.rollback.reason;
  if (isOver(group, refresh, seen)) {
    finish(region, group, refresh);
    return refresh.bakeUntil;
  }
  if (outOfPatience(region, group, refresh, seen)) return undefined;
  replaceNext(region, group, refresh, seen);
  return deadlineOf(refresh, seen);
};

/**
 * How many instances beyond the desired capacity belong to the refresh, launched before old ones are terminated. They
 * are at most as many as may still be replaced, so that a partial refresh does not hold up a scale-in.
 */
export const absorbedBy = (region: Region, group: Group, refresh: Refresh | undefined): number => {
  if (!refresh || !['InProgress', 'RollbackInProgress'].includes(refresh.status)) return 0;
  if (refresh.checkpointUntil !== undefined) return 0;
  return budgetOf(refresh, look(region, group, refresh));
};

/** The refresh to which new instances belong: the running one, if any. */
export const launchingRefresh = (refresh: Refresh | undefined): Refresh | undefined =>
  refresh && ['InProgress', 'Baking', 'RollbackInProgress'].includes(refresh.status) ? refresh : undefined;
