import { type DeploymentRecord, versionInWords } from '../../lib/engine/record';
import { type Ending, exitCodeOfEnding, isSuccess, needsRepair } from '../queries/ending';
import { nameOfExecution } from '../queries/executions';
import { type ExecutionSnapshot, makePoll } from '../queries/snapshot';
import type { Context } from '../session/context';
import type { Format } from '../session/options';
import type { Session } from '../session/session';
import { showDuration } from '../terminal/duration';
import { WaitsForSomebody } from '../terminal/errors';
import { type Style, styleOf } from '../terminal/style';
import type { Terminal } from '../terminal/terminal';
import { endingLines } from '../views/endingView';
import { follow, type Followed } from './follow';
import { followRepair } from './followRepair';

/** What was asked for; the record tells more later. */
export interface FollowedRequest {
  readonly application: string;
  readonly version?: string;
  /** For people: `api v2`. */
  readonly title: string;
}

/** How to deploy again with the image of a failed deployment, where it is kept. */
const resumeLines = (record: DeploymentRecord | undefined, style: Style): string[] =>
  record?.due === 'spare' && record.spareUntil !== undefined && record.neverHealthy !== true
    ? [
        '',
        `Its image is kept until ${new Date(record.spareUntil).toISOString().slice(0, 16)}Z. To deploy with it when that is repaired:`,
        `  ${style.bold(`forseti resume-from ${record.deployment}`)}`,
      ]
    : [];

/** What a rollback has brought back besides the image, or left as it was. */
const besidesLines = (record: DeploymentRecord | undefined): string[] => {
  const lines = [...(record?.besides?.template ?? []), ...(record?.besides?.scaling ?? [])];
  return lines.length > 0 ? ['', ...lines] : [];
};

/** The end of a deployment whose execution was stopped is the end of its repair. */
const repairedEnding = async (
  session: Session,
  executionArn: string,
  ending: Ending,
  terminal: Terminal,
  quiet: boolean,
): Promise<Ending> => {
  if (!needsRepair(ending)) return ending;
  if (!quiet)
    terminal.note(
      `\n${ending.message}\nWhat it did is being undone; nothing of it can land any more after a minute.\n`,
    );
  const repaired = await followRepair(session, nameOfExecution(executionArn), terminal, { quiet });
  if (repaired) return repaired;
  const message = `${ending.message} Nobody has begun to repair it; see forseti status, and the executions of ${session.names.mendMachineArn}.`;
  return { ...ending, message, problems: [message] };
};

/** Follows the execution, and its repair if it was stopped, to the end. @throws Interrupted, WaitsForSomebody. */
const followBoth = async (
  session: Session,
  executionArn: string,
  terminal: Terminal,
  json: boolean,
): Promise<Followed> => {
  const followed = await follow(session, executionArn, terminal, { quiet: json }).catch((error: unknown) => {
    if (json && error instanceof WaitsForSomebody)
      terminal.out(JSON.stringify({ executionArn, waits: error.message }, null, 2));
    throw error;
  });
  const ending = await repairedEnding(session, executionArn, followed.ending, terminal, json);
  const last = needsRepair(followed.ending) ? await makePoll(session, executionArn)() : followed.last;
  return { ending, last };
};

/** How long it took, in milliseconds. A repair closes the record after the execution itself has ended. */
const tookMs = ({ record, execution: { startDate, stopDate } }: ExecutionSnapshot): number => {
  const startedAt = startDate?.getTime() ?? 0;
  return (record?.closedAt ?? stopDate?.getTime() ?? startedAt) - startedAt;
};

/** Follows an execution to its end, shows the end and sets the exit code; with `--no-wait` only prints its ARN. */
export const followToEnd = async (
  session: Session,
  executionArn: string,
  request: FollowedRequest,
  options: { readonly wait: boolean; readonly format: Format },
  context: Context,
): Promise<void> => {
  const { terminal: given } = context;
  // Plain output is for logs, also where a terminal shows it.
  const terminal = options.format === 'plain' ? { ...given, live: false, colours: false } : given;
  const style = styleOf(terminal.colours);
  const json = options.format === 'json';
  if (!options.wait) {
    terminal.out(json ? JSON.stringify({ executionArn }, null, 2) : executionArn);
    if (session.local) terminal.note('It goes on while time passes: "forseti local advance 30m".');
    return;
  }
  if (!json) terminal.note(`${style.bold(request.title)}  ${style.dim(nameOfExecution(executionArn))}\n`);
  const { ending: ended, last } = await followBoth(session, executionArn, terminal, json);
  const { end } = last.record ?? {};
  // A succeeded execution has no cause: what the fleet was seen to run stands in the record.
  const ending = end?.fleet && isSuccess(ended) ? { ...ended, fleet: end.fleet } : ended;
  context.exitCode = exitCodeOfEnding(ending);
  const { application, version = '' } = request;
  const deployed = { application, version: last.record ? versionInWords(last.record) : version };
  const ms = tookMs(last);
  const { warnings = [] } = last.record ?? {};
  if (json) {
    const { besides } = last.record ?? {};
    const told = {
      ...deployed,
      ...(warnings.length > 0 && { warnings }),
      executionArn,
      durationSeconds: ms / 1_000,
      path: last.path,
      ...(besides && { besides }),
    };
    terminal.out(JSON.stringify({ ...ending, ...told }, null, 2));
    return;
  }
  const lines = [
    ...endingLines(deployed, ending, style, terminal.columns),
    ...besidesLines(last.record),
    ...(warnings.length > 0 ? ['', ...warnings.map((text) => `${style.warn('Warning')}  ${text}`)] : []),
    ...resumeLines(last.record, style),
    '',
    style.dim(`Took ${showDuration(ms)}.`),
  ];
  terminal.out(['', ...lines].join('\n'));
};
