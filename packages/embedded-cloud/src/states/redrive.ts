/** When an execution can be taken up again from the state in which it ended (API reference, RedriveExecution). */
import type { Execution } from './state';

const dayMs = 86_400_000;
/** From the end of the execution on. */
export const redrivableMs = 14 * dayMs;
/** From the start of the execution on. */
const maxOpenMs = 365 * dayMs;
/** Room for `ExecutionRedriven` and one more event. */
const maxEvents = 24_999;

/**
 * Why an execution cannot be redriven, in the words of DescribeExecution's `redriveStatusReason`; undefined where it can.
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

/** What DescribeExecution and the event of a status change tell of redrives. */
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

/** Epoch milliseconds of the latest redrive. */
export const redrivenAt = ({ redrives = [] }: Execution): number | undefined => redrives.at(-1)?.at;
