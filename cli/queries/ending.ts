import type { End } from '../../lib/engine/outcome';
import type { Outcome, RecordKind } from '../../lib/engine/outcome';
import { kindOf } from './executions';
import { type ExitCode, exitCodeOf, exitCodes } from '../terminal/exitCodes';

/** How an execution ended. */
export interface Ending extends Omit<End, 'outcome'> {
  readonly kind: RecordKind;
  readonly outcome: Outcome | 'Unknown';
}

const outcomes: readonly string[] = [
  'Deployed',
  'Rejected',
  'RolledBack',
  'Dirty',
  'Superseded',
] satisfies Outcome[];

/**
 * Reads an execution's end. The cause of a failed one is JSON that the state Close wrote; an execution that was stopped by
 * hand or timed out has no such cause, and its outcome is unknown.
 * @param execution as DescribeExecution returns it.
 */
export const endingOf = (execution: {
  readonly executionArn?: string | undefined;
  readonly status?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}): Ending => {
  const kind = kindOf(execution.executionArn);
  const none = { kind, error: 'None', message: '', problems: [], left: [], foreign: [] };
  if (execution.status === 'SUCCEEDED')
    return { ...none, outcome: kind === 'rollback' ? 'RolledBack' : 'Deployed' };
  const { error = execution.status ?? 'Unknown', cause = '' } = execution;
  const outcome = (outcomes.includes(error) ? error : 'Unknown') as Ending['outcome'];
  try {
    return { ...none, ...(JSON.parse(cause) as Partial<Ending>), outcome };
  } catch {
    const message =
      cause ||
      (error === 'ABORTED' ? 'The execution was stopped by hand.' : `The execution ended with ${error}.`);
    return { ...none, outcome, error, message, problems: [message] };
  }
};

/** Whether the execution left its record open, so that the machine Mend repairs the fleet and closes the record. */
export const needsRepair = ({ outcome, error }: Ending): boolean =>
  outcome === 'Unknown' || error === 'NotClosed';

/**
 * Whether it did what was asked for. `RolledBack` is the success of a rollback; with an error it is a failure that was
 * undone.
 */
export const isSuccess = ({ kind, outcome, error }: Ending): boolean =>
  outcome === 'Deployed' || (kind === 'rollback' && outcome === 'RolledBack' && error === 'None');

export const exitCodeOfEnding = (ending: Ending): ExitCode =>
  isSuccess(ending) ? exitCodes.done : exitCodeOf(ending.outcome, ending.error);
