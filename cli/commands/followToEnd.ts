import type { DeploymentRecord } from '../../lib/engine/record';
import { showDuration } from '../terminal/duration';
import { type Ending, endingLines, exitCodeOfEnding, isMended, type Subject } from '../queries/ending';
import { nameOfExecution } from '../queries/executions';
import { WaitsForSomebody } from '../terminal/exitCodes';
import type { Snapshot } from '../queries/follow';
import type { Context } from '../main';
import type { Format } from '../session/options';
import type { Session } from '../session/session';
import { type Style, styleOf } from '../terminal/style';
import type { Terminal } from '../terminal/terminal';

/** What was asked for, before its record can tell more. */
export interface Asked {
  readonly application: string;
  readonly version?: string;
  /** How it is told to a person: `api v2`. */
  readonly title: string;
}

interface FollowedOptions {
  readonly wait: boolean;
  readonly format: Format;
}

/** What was made of a failed deployment need not be made again. */
const spareLines = (record: DeploymentRecord | undefined, style: Style): string[] =>
  record?.due === 'spare' && record.spareUntil !== undefined
    ? [
        '',
        `Its image is kept until ${new Date(record.spareUntil).toISOString().slice(0, 16)}Z. To deploy with it when that is mended:`,
        `  ${style.bold(`forseti resume-from ${record.deployment}`)}`,
      ]
    : [];

/** An execution that was stopped is mended; how that ends is how the deployment ended. */
const mended = async (
  session: Session,
  executionArn: string,
  told: Ending,
  terminal: Terminal,
  quiet: boolean,
): Promise<Ending> => {
  if (!isMended(told)) return told;
  if (!quiet)
    terminal.note(
      `\n${told.message}\nWhat it did is being undone; nothing of it can land any more after a minute.\n`,
    );
  const { followRepair: followRepair } = await import('../queries/repair');
  const ending = await followRepair(session, nameOfExecution(executionArn), terminal, { quiet });
  if (ending) return ending;
  const message = `${told.message} Nobody has begun to mend it; see forseti status, and the executions of ${session.names.mendMachineArn}.`;
  return { ...told, message, problems: [message] };
};

const subjectOf = ({ record }: Snapshot, { application, version = '' }: Asked): Subject => ({
  application,
  version: record?.version ?? version,
});

/** Follows what was started, tells how it ended, and sets the exit code; or only prints the execution. */
export const followToEnd = async (
  session: Session,
  executionArn: string,
  asked: Asked,
  options: FollowedOptions,
  context: Context,
): Promise<void> => {
  const { terminal: given } = context;
  // Plain is for logs, wherever it is shown.
  const terminal = options.format === 'plain' ? { ...given, live: false, colours: false } : given;
  const style = styleOf(terminal.colours);
  const json = options.format === 'json';
  if (!options.wait) {
    terminal.out(json ? JSON.stringify({ executionArn }, null, 2) : executionArn);
    if (session.local) terminal.note('It goes on while time passes: "forseti local advance 30m".');
    return;
  }
  if (!json) terminal.note(`${style.bold(asked.title)}  ${style.dim(nameOfExecution(executionArn))}\n`);
  const { follow, makePoll: makePoll } = await import('../queries/follow');
  const followed = await follow(session, executionArn, terminal, { quiet: json }).catch((error: unknown) => {
    if (json && error instanceof WaitsForSomebody)
      terminal.out(JSON.stringify({ executionArn, waits: error.message }, null, 2));
    throw error;
  });
  const ending = await mended(session, executionArn, followed.ending, terminal, json);
  const last = isMended(followed.ending) ? await makePoll(session, executionArn)() : followed.last;
  context.exitCode = exitCodeOfEnding(ending);
  const subject = subjectOf(last, asked);
  const startedAt = last.execution.startDate?.getTime() ?? 0;
  const ms = (last.record?.closedAt ?? last.execution.stopDate?.getTime() ?? startedAt) - startedAt;
  if (json) {
    const told = { ...subject, executionArn, durationSeconds: ms / 1_000, path: last.path };
    terminal.out(JSON.stringify({ ...ending, ...told }, null, 2));
    return;
  }
  const lines = [
    ...endingLines(subject, ending, style, terminal.columns),
    ...spareLines(last.record, style),
    '',
    style.dim(`Took ${showDuration(ms)}.`),
  ];
  terminal.out(['', ...lines].join('\n'));
};
