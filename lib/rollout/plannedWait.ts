import type { InstanceRefresh } from '@aws-sdk/client-auto-scaling';

/** A wait that AWS plans: its bake time, or a checkpoint's delay. Times are epoch ms. */
export interface PlannedWait {
  /** `baking`, `checkpoint 50`. */
  readonly what: string;
  readonly since: number;
  readonly until: number;
  /** For people. */
  readonly text: string;
}

const instant = (at: number): string => new Date(at).toISOString().slice(0, 19);

/** AWS's default delay at a checkpoint (Auto Scaling API, RefreshPreferences). */
const defaultDelaySeconds = 3_600;

/** What the refresh waits for as planned, and for how long, in seconds. */
const plannedNow = ({
  Status: status,
  PercentageComplete: done = 0,
  Preferences: { BakeTime: bakeSeconds = 0, CheckpointPercentages: percentages = [], CheckpointDelay } = {},
}: InstanceRefresh): { what: string; seconds: number; text: string } | undefined => {
  if (status === 'Baking') return { what: 'baking', seconds: bakeSeconds, text: '' };
  if (status !== 'InProgress') return undefined;
  const reached = percentages.findLast((percentage) => percentage <= done);
  // After the last checkpoint there is nothing to wait for.
  if (reached === undefined || reached === percentages.at(-1)) return undefined;
  return {
    what: `checkpoint ${String(reached)}`,
    seconds: CheckpointDelay ?? defaultDelaySeconds,
    text: `at the checkpoint of ${String(reached)} % `,
  };
};

/**
 * The planned wait of a refresh, from the look on that saw it first; AWS tells no time of its own. Undefined once it is
 * over.
 */
export const plannedWait = (
  refresh: InstanceRefresh,
  before: Pick<PlannedWait, 'what' | 'since'> | undefined,
  now: number,
): PlannedWait | undefined => {
  const planned = plannedNow(refresh);
  if (!planned) return undefined;
  const { what, seconds, text } = planned;
  const since = before?.what === what ? before.since : now;
  const until = since + seconds * 1000;
  if (until <= now) return undefined;
  return { what, since, until, text: `${text}until ${instant(until)}Z` };
};
