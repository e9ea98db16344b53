import type { End } from '../../lib/engine/end';
import type { Outcome, RecordKind } from '../../lib/engine/record';
import { kindOf } from './executions';
import { type ExitCode, exitCodeOf, exitCodes } from '../terminal/exitCodes';
import { type Style, wrapped } from '../terminal/style';

/** How an execution ended; the cause of a failed one is JSON that Close wrote. */
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

/** @param execution what DescribeExecution answers. Stopped by hand or timed out, it has not told its outcome. */
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

/** It did not come to an end of its own, or could not write it down: Mend closes the record in its place. */
export const isMended = ({ outcome, error }: Ending): boolean =>
  outcome === 'Unknown' || error === 'NotClosed';

/** What was asked for: also a rollback, whose outcome is that of a deployment that failed. */
const isAskedFor = ({ kind, outcome, error }: Ending): boolean =>
  outcome === 'Deployed' || (kind === 'rollback' && outcome === 'RolledBack' && error === 'None');

export const exitCodeOfEnding = (ending: Ending): ExitCode =>
  isAskedFor(ending) ? exitCodes.done : exitCodeOf(ending.outcome, ending.error);

/** What was brought to a fleet. */
export interface Subject {
  readonly application: string;
  readonly version: string;
}

const unknown = 'has an unknown end; look at the execution in the Step Functions console';

const deploymentSentence = ({ application, version }: Subject, { outcome, handedTo }: Ending): string => {
  const what = `${application} ${version}`;
  switch (outcome) {
    case 'Deployed':
      return `${what} is on the fleet`;
    case 'Rejected':
      return `${what} was not deployed; nothing was touched`;
    case 'Superseded':
      return `${what} was not deployed, since a newer request came first; nothing was touched`;
    case 'RolledBack':
      return handedTo === undefined
        ? `${what} was not deployed; the fleet is as it was before`
        : `${what} was not deployed; its rollout is undone by rollback ${handedTo}`;
    case 'Dirty':
      return `${what} was not deployed, and not all could be restored`;
    case 'Unknown':
      return `${what} ${unknown}`;
  }
};

const rollbackSentence = ({ application, version }: Subject, ending: Ending): string => {
  switch (ending.outcome) {
    case 'RolledBack':
      return isAskedFor(ending)
        ? `${application} is back on ${version}`
        : `${application} was not brought back to ${version}; it runs what it ran before`;
    case 'Rejected':
    case 'Superseded':
      return `${application} was not rolled back; nothing was touched`;
    case 'Dirty':
      return `${application} was not brought back to ${version}, and not all could be restored`;
    default:
      return `The rollback of ${application} to ${version} ${unknown}`;
  }
};

const indented = (text: string, first: string, rest: string, columns: number): string[] =>
  text
    .split('\n')
    .flatMap((line) => wrapped(line, columns - rest.length))
    .map((line, index) => (index === 0 ? first : rest) + line);

/**
 * For people: the outcome, every problem, and for what is left the command that mends it. Problems are wrapped at so
 * many columns; commands are not, since they are copied.
 */
export const endingLines = (
  subject: Subject,
  ending: Ending,
  style: Style,
  columns = Number.POSITIVE_INFINITY,
): string[] => {
  const paint = isAskedFor(ending) ? style.good : ending.outcome === 'Dirty' ? style.bad : style.warn;
  const sentence = ending.kind === 'rollback' ? rollbackSentence : deploymentSentence;
  const problems = ending.problems.length > 0 ? ending.problems : ending.message ? [ending.message] : [];
  return [
    `${paint(style.bold(ending.outcome))}  ${sentence(subject, ending)}.`,
    ...(problems.length > 0
      ? ['', ...problems.flatMap((problem) => indented(problem, '  - ', '    ', columns))]
      : []),
    ...(ending.left.length > 0 ? ['', 'Left, with the command that mends it:'] : []),
    ...ending.left.flatMap(({ target, note, mend }) => [
      `  - ${target}: ${note}`,
      ...(mend ? [`      ${mend}`] : []),
    ]),
    ...(ending.foreign.length > 0 ? ['', 'Changed by somebody else meanwhile, and left so:'] : []),
    ...ending.foreign.map(({ target, note }) => `  - ${target}: ${note}`),
  ];
};
