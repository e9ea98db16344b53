import { type Ending, isSuccess } from '../queries/ending';
import { deployedText } from '../../lib/reporting/deployedText';
import { type Style, wrapped } from '../terminal/style';

/** What was brought, or was to be brought, to a fleet. */
export interface DeployedVersion {
  readonly application: string;
  readonly version: string;
}

const unknownEnd = 'has an unknown end; look at the execution in the Step Functions console';

const deploymentSentence = (
  { application, version }: DeployedVersion,
  { outcome, handedTo, fleet }: Ending,
): string => {
  const what = `${application} ${version}`;
  switch (outcome) {
    case 'Deployed':
      return deployedText(what, fleet);
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
      return `${what} ${unknownEnd}`;
  }
};

const rollbackSentence = ({ application, version }: DeployedVersion, ending: Ending): string => {
  switch (ending.outcome) {
    case 'RolledBack':
      return isSuccess(ending)
        ? `${application} is back on ${version}`
        : `${application} was not brought back to ${version}; it runs what it ran before`;
    case 'Rejected':
    case 'Superseded':
      return `${application} was not rolled back; nothing was touched`;
    case 'Dirty':
      return `${application} was not brought back to ${version}, and not all could be restored`;
    default:
      return `The rollback of ${application} to ${version} ${unknownEnd}`;
  }
};

/** A text under its bullet; `first` and `rest` are the beginnings of its lines. */
const indented = (text: string, first: string, rest: string, columns: number): string[] =>
  text
    .split('\n')
    .flatMap((line) => wrapped(line, columns - rest.length))
    .map((line, index) => (index === 0 ? first : rest) + line);

/**
 * An end for people: the outcome, every problem, and for each thing that is left the command that repairs it. Problems are
 * wrapped at `columns`; commands are not, since they are copied.
 */
export const endingLines = (
  subject: DeployedVersion,
  ending: Ending,
  style: Style,
  columns = Number.POSITIVE_INFINITY,
): string[] => {
  const paint = isSuccess(ending) ? style.good : ending.outcome === 'Dirty' ? style.bad : style.warn;
  const sentence = ending.kind === 'rollback' ? rollbackSentence : deploymentSentence;
  const problems = ending.problems.length > 0 ? ending.problems : ending.message ? [ending.message] : [];
  return [
    `${paint(style.bold(ending.outcome))}  ${sentence(subject, ending)}.`,
    ...(problems.length > 0
      ? ['', ...problems.flatMap((problem) => indented(problem, '  - ', '    ', columns))]
      : []),
    ...(ending.left.length > 0 ? ['', 'Left, with the command that repairs it:'] : []),
    ...ending.left.flatMap(({ target, note, mend }) => [
      `  - ${target}: ${note}`,
      ...(mend ? [`      ${mend}`] : []),
    ]),
    ...(ending.foreign.length > 0 ? ['', 'Changed by somebody else meanwhile, and left so:'] : []),
    ...ending.foreign.map(({ target, note }) => `  - ${target}: ${note}`),
  ];
};
