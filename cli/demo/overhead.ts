import type { Span } from '@forseti/embedded-cloud';

/** From one moment to another, in epoch milliseconds. */
export interface Interval {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The milliseconds between two moments that at least one interval covers; overlaps count once. */
export const covered = (from: number, to: number, intervals: readonly Interval[]): number => {
  const clipped = intervals
    .map(({ startedAt, endedAt }) => ({
      startedAt: Math.max(startedAt, from),
      endedAt: Math.min(endedAt, to),
    }))
    .filter(({ startedAt, endedAt }) => endedAt > startedAt)
    .sort((a, b) => a.startedAt - b.startedAt);
  let sum = 0;
  let reached = from;
  for (const { startedAt, endedAt } of clipped) {
    sum += Math.max(0, endedAt - Math.max(startedAt, reached));
    reached = Math.max(reached, endedAt);
  }
  return sum;
};

/**
 * The work of AWS that a deployment waits for. It waits for the health checks of the first instance alone, which shows
 * whether the version is good; those of the others pass while it works.
 */
export const awaited = (spans: readonly Span[], firstInstance: string | undefined): Span[] =>
  spans.filter(({ kind, subject }) => kind !== 'verdict' || subject === firstInstance);

/** The milliseconds that Forseti itself took: the elapsed time less the time during which AWS was at work. */
export const overheadMs = (from: number, to: number, spans: readonly Interval[]): number =>
  to - from - covered(from, to, spans);
