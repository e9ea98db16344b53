import type { Outcome } from '../lib/deployment/record';
import { type ExitCode, exitCodeOf } from './exitCodes';
import { type Style, wrapped } from './style';

export interface Leftover {
  readonly kind: string;
  readonly target: string;
  readonly note: string;
  readonly mend?: string;
}

/** How an execution ended; the cause of a failed one is JSON that Close wrote. */
export interface Ending {
  readonly outcome: Outcome | 'Unknown';
  readonly error: string;
  readonly message: string;
  readonly problems: readonly string[];
  readonly left: readonly Leftover[];
  readonly foreign: readonly Leftover[];
}

const outcomes: readonly string[] = ['Deployed', 'Rejected', 'RolledBack', 'Dirty', 'Superseded'];

/** @param execution what DescribeExecution answers. Stopped by hand or timed out, it has not told its outcome. */
export const endingOf = (execution: {
  readonly status?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}): Ending => {
  const none = { error: 'None', message: '', problems: [], left: [], foreign: [] };
  if (execution.status === 'SUCCEEDED') return { outcome: 'Deployed', ...none };
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

export const exitCodeOfEnding = ({ outcome, error }: Ending): ExitCode => exitCodeOf(outcome, error);

const sentences: Readonly<Record<Ending['outcome'], string>> = {
  Deployed: 'is on the fleet',
  Rejected: 'was not deployed; nothing was touched',
  Superseded: 'was not deployed, since a newer request came first; nothing was touched',
  RolledBack: 'was not deployed; the fleet is as it was before',
  Dirty: 'was not deployed, and not all could be restored',
  Unknown: 'has an unknown end; look at the execution in the Step Functions console',
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
  subject: string,
  ending: Ending,
  style: Style,
  columns = Number.POSITIVE_INFINITY,
): string[] => {
  const paint =
    ending.outcome === 'Deployed' ? style.good : ending.outcome === 'Dirty' ? style.bad : style.warn;
  const problems = ending.problems.length > 0 ? ending.problems : ending.message ? [ending.message] : [];
  return [
    `${paint(style.bold(ending.outcome))}  ${subject} ${sentences[ending.outcome]}.`,
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
