import type { Chance } from '../core/service';
import type { Catcher, Retrier } from './definition';

/** Neither Retry nor Catch with States.ALL matches these (developer guide, "Handling errors"). */
const terminal = new Set(['States.DataLimitExceeded', 'States.Runtime']);

/** Whether `ErrorEquals` names an error. */
export const matchesError = (names: readonly string[], error: string): boolean =>
  error !== 'States.Runtime' &&
  (names.includes(error) ||
    (names.includes('States.ALL') && !terminal.has(error)) ||
    (names.includes('States.TaskFailed') && error !== 'States.Timeout' && !terminal.has(error)));

export const catcherFor = (catchers: readonly Catcher[] | undefined, error: string): Catcher | undefined =>
  catchers?.find(({ ErrorEquals }) => matchesError(ErrorEquals, error));

/** The maximum delay before attempt `count + 1` of a retrier, in milliseconds. By default 1 s, doubled each time. */
export const backoffMs = (retrier: Retrier, count: number): number => {
  const seconds = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** count;
  return Math.min(seconds, retrier.MaxDelaySeconds ?? Infinity) * 1000;
};

export interface Retry {
  /** The retrier's index. Each retrier has its own count. */
  readonly index: number;
  readonly delayMs: number;
}

/**
 * The next attempt of a failed task; undefined if no retrier matches, or the first that matches is exhausted.
 *
 * @param counts how often each retrier has been used in this visit of the state
 */
export const nextRetry = (
  retriers: readonly Retrier[] | undefined,
  counts: Readonly<Record<number, number>>,
  error: string,
  chance: Chance,
): Retry | undefined => {
  const index = retriers?.findIndex(({ ErrorEquals }) => matchesError(ErrorEquals, error)) ?? -1;
  const retrier = retriers?.[index];
  const count = counts[index] ?? 0;
  if (!retrier || count >= (retrier.MaxAttempts ?? 3)) return undefined;
  const longest = backoffMs(retrier, count);
  const delayMs = retrier.JitterStrategy === 'FULL' ? Math.round(chance.next() * longest) : longest;
  return { index, delayMs };
};
