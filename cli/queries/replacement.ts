import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { MaintenanceSettings } from '../../lib/application/schema';
import { nextHours } from '../../lib/replacement/hours';
import { parseReplacement, type ReplacementRequest } from '../../lib/replacement/replacement';
import { showInstant } from '../views/deploymentStatusView';
import { endingOf, exitCodeOfEnding } from './ending';
import { Interrupted, UsageError } from '../terminal/exitCodes';
import { whenInterrupted } from '../terminal/interrupt';
import type { Context } from '../main';
import type { Format } from '../session/options';
import type { Session } from '../session/session';
import { styleOf } from '../terminal/style';

/** The next hours of maintenance as the machine takes them. @param now epoch ms */
export const hoursOf = (settings: MaintenanceSettings, now: number): { at: string; until: string } => {
  const { from, until } = nextHours(settings, now);
  return { at: new Date(from).toISOString(), until: new Date(until).toISOString() };
};

/** @throws UsageError that lists all that is wrong; nothing was started. */
export const parseRequest = (input: object): ReplacementRequest => {
  try {
    return parseReplacement(input);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
};

const pauseMs = 5_000;

/** @throws Interrupted */
const ended = async (session: Session, executionArn: string) => {
  let interrupted = false;
  const forget = whenInterrupted(() => {
    interrupted = true;
  });
  try {
    for (;;) {
      const execution = await session.connect(SFNClient).send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status !== 'RUNNING') return endingOf(execution);
      if (interrupted)
        throw new Interrupted('Not followed any more. It goes on; its end is told to the topic.');
      await session.sleep(pauseMs);
    }
  } finally {
    forget();
  }
};

/** Follows a replacement to its end, tells it, and sets the exit code; or only says where it is. */
export const followReplacement = async (
  session: Session,
  executionArn: string,
  { application, instance, at }: ReplacementRequest,
  { wait, format }: { readonly wait: boolean; readonly format: Format },
  context: Context,
): Promise<void> => {
  const { terminal } = context;
  const json = format === 'json';
  if (!wait || at !== undefined) {
    terminal.out(
      json ? JSON.stringify({ executionArn, ...(at !== undefined && { at }) }, null, 2) : executionArn,
    );
    if (at !== undefined && !json)
      terminal.note(`${instance} of ${application} is replaced after ${showInstant(Date.parse(at))}.`);
    if (session.local) terminal.note('It goes on while time passes: "forseti local advance 30m".');
    return;
  }
  if (!json) terminal.note(`${instance} of ${application} is being replaced; that takes some minutes.`);
  const ending = await ended(session, executionArn);
  const done = ending.outcome === 'Deployed';
  context.exitCode = exitCodeOfEnding(ending);
  const { error, message, left } = ending;
  const outcome = done ? 'Replaced' : ending.outcome;
  if (json) {
    terminal.out(
      JSON.stringify({ outcome, error, message, left, application, instance, executionArn }, null, 2),
    );
    return;
  }
  const style = styleOf(terminal.colours && format === 'tree');
  const paint = done ? style.good : ending.outcome === 'Dirty' ? style.bad : style.warn;
  terminal.out(
    [
      `${paint(style.bold(outcome))}  ${done ? `${instance} is replaced; ${application} serves in full without it.` : message}`,
      ...left.flatMap(({ mend }) => (mend === undefined ? [] : [`  ${mend}`])),
    ].join('\n'),
  );
};
