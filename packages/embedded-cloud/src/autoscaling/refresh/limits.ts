/** The preferences of a refresh with the group's defaults filled in. */
import type { Group, Refresh } from '../state';
import { goalOf, type Limits } from './plan';

/** The instance maintenance policy stands in for what the preferences leave out; without one it is 90 percent. */
export const limitsOf = (group: Group, refresh: Refresh): Limits => {
  const { MinHealthyPercentage, MaxHealthyPercentage } = refresh.preferences;
  return {
    minHealthyPercentage: MinHealthyPercentage ?? group.maintenance?.min ?? 90,
    maxHealthyPercentage: MaxHealthyPercentage ?? group.maintenance?.max,
  };
};

export const warmupMsOf = (group: Group, refresh: Refresh): number =>
  (refresh.preferences.InstanceWarmup ?? group.defaultWarmupSeconds ?? group.gracePeriodSeconds) * 1000;

/** Up to which percentage it replaces; a rollback replaces all that the refresh has replaced. */
export const goalPercentage = (refresh: Refresh): number =>
  refresh.rollback ? 100 : goalOf(refresh.preferences.CheckpointPercentages);

/** Up to which percentage it replaces before it stops for a while, or for good. */
export const nextStopPercentage = (refresh: Refresh): number =>
  (refresh.rollback ? undefined : refresh.preferences.CheckpointPercentages?.[refresh.checkpoint]) ??
  goalPercentage(refresh);

export const checkpointDelayMs = (refresh: Refresh): number =>
  (refresh.preferences.CheckpointDelay ?? 3600) * 1000;
