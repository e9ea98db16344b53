/** The preferences of a refresh with the group's defaults filled in. */
import type { Group, Refresh } from '../state';
import type { Limits } from './plan';

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

/** The percentages still to stop at; a rollback has none. */
export const nextCheckpoint = (refresh: Refresh): number | undefined =>
  refresh.rollback ? undefined : refresh.preferences.CheckpointPercentages?.[refresh.checkpoint];

export const checkpointDelayMs = (refresh: Refresh): number =>
  (refresh.preferences.CheckpointDelay ?? 3600) * 1000;
