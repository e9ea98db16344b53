/** When an execution can be redriven (API reference, RedriveExecution). */
import type { Execution } from './state';

const dayMs = 86_400_000;
/** Counts from the end of the execution. */
export const redrivableMs = 14 * dayMs;
/** Counts from the start of the execution. */
const maxOpenMs = 365 * dayMs;
/** Leaves room for `ExecutionRedriven` and one more event. */
const maxEvents = 24_999;

/**
 * Why an execution cannot be redriven, in the words of DescribeExecution's `redriveStatusReason`; undefined if it
 * can.
 *
 * @param now epoch milliseconds
 */
export const redriveProblem = (
  { status, startedAt, stoppedAt = 0, history }: Execution,
  now: number,
): string | undefined => {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven.`;
  if (history.length >= maxEvents) return 'Execution history event limit exceeded.';
  if (now - startedAt >= maxOpenMs) return 'Execution has exceeded the max execution time.';
  if (now - stoppedAt >= redrivableMs) return 'Execution redrivable period exceeded.';
  return undefined;
};

/** The redrive properties in DescribeExecution and in events about status changes. */
export const redriveStatus = (
  execution: Execution,
  now: number,
): { readonly redriveStatus: 'REDRIVABLE' | 'NOT_REDRIVABLE'; readonly redriveStatusReason?: string } => {
  const problem = redriveProblem(execution, now);
  return problem === undefined
    ? { redriveStatus: 'REDRIVABLE' }
    : { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: problem };
};

export const redriveCount = ({ redrives = [] }: Execution): number => redrives.length;

/** Time of the latest redrive, in epoch milliseconds. */
export const redrivenAt = ({ redrives = [] }: Execution): number | undefined => redrives.at(-1)?.at;
