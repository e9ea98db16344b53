import type { Span } from '../../packages/embedded-cloud/src/service';

/** A stretch of time, in epoch milliseconds. */
export interface Stretch {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** How long at least one of the stretches lasted, between two moments; overlaps count once. Milliseconds. */
export const covered = (from: number, to: number, stretches: readonly Stretch[]): number => {
  const clipped = stretches
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
 * The stretches that a deployment has to wait for. The verdict of the health checks is awaited for the first instance
 * alone, which shows what the version is worth; the others' pass beside the work.
 */
export const awaited = (spans: readonly Span[], firstInstance: string | undefined): Span[] =>
  spans.filter(({ kind, subject }) => kind !== 'verdict' || subject === firstInstance);

/** What the control plane itself took: the elapsed time less all time during which AWS was at work. Milliseconds. */
export const overheadMs = (from: number, to: number, spans: readonly Stretch[]): number =>
  to - from - covered(from, to, spans);
