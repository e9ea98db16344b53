/** The preferences of a refresh with the group's defaults filled in. */
import type { Group, Refresh } from '../state';
import { goalOf, type Limits } from './plan';

/**
 * The instance maintenance policy gives the values that the preferences leave out. Without a policy the minimum is 90
 * percent.
 */
export const limitsOf = (group: Group, refresh: Refresh): Limits => {
  const { MinHealthyPercentage, MaxHealthyPercentage } = refresh.preferences;
  return {
    minHealthyPercentage: MinHealthyPercentage ?? group.maintenance?.min ?? 90,
    maxHealthyPercentage: MaxHealthyPercentage ?? group.maintenance?.max,
  };
};

export const warmupMsOf = (group: Group, refresh: Refresh): number =>
  (refresh.preferences.InstanceWarmup ?? group.defaultWarmupSeconds ?? group.gracePeriodSeconds) * 1000;

/** The percentage at which the refresh is complete. A rollback always replaces all of its instances. */
export const goalPercentage = (refresh: Refresh): number =>
  refresh.rollback ? 100 : goalOf(refresh.preferences.CheckpointPercentages);

/** The percentage at which the refresh stops next, at a checkpoint or at its end. */
export const nextStopPercentage = (refresh: Refresh): number =>
  (refresh.rollback ? undefined : refresh.preferences.CheckpointPercentages?.[refresh.checkpoint]) ??
  goalPercentage(refresh);

export const checkpointDelayMs = (refresh: Refresh): number =>
  (refresh.preferences.CheckpointDelay ?? 3600) * 1000;
