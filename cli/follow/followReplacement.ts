import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { ReplacementRequest } from '../../lib/replacement/replacement';
import { type Ending, endingOf, exitCodeOfEnding } from '../queries/ending';
import type { Context } from '../session/context';
import type { Format } from '../session/options';
import type { Session } from '../session/session';
import { Interrupted } from '../terminal/errors';
import { showInstant } from '../terminal/instant';
import { whenInterrupted } from '../terminal/interrupt';
import { type Style, styleOf } from '../terminal/style';

const pauseMs = 5_000;

/** Waits for the execution's end. @throws Interrupted. */
const awaitEnding = async (session: Session, executionArn: string): Promise<Ending> => {
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

/** The end for people, with the commands that repair what is left. */
const endingText = (
  { application, instance }: ReplacementRequest,
  { outcome, message, left }: Ending,
  style: Style,
): string => {
  const paint = outcome === 'Deployed' ? style.good : outcome === 'Dirty' ? style.bad : style.warn;
  const [title, sentence] =
    outcome === 'Deployed'
      ? ['Replaced', `${instance} is replaced; ${application} serves in full without it.`]
      : [outcome, message];
  return [
    `${paint(style.bold(title))}  ${sentence}`,
    ...left.flatMap(({ mend }) => (mend === undefined ? [] : [`  ${mend}`])),
  ].join('\n');
};

/** Tells where a replacement runs that nobody waits for, and when it begins. */
const tellStarted = (
  session: Session,
  executionArn: string,
  { application, instance, at }: ReplacementRequest,
  json: boolean,
  { terminal }: Context,
): void => {
  terminal.out(
    json ? JSON.stringify({ executionArn, ...(at !== undefined && { at }) }, null, 2) : executionArn,
  );
  if (at !== undefined && !json)
    terminal.note(`${instance} of ${application} is replaced after ${showInstant(Date.parse(at))}.`);
  if (session.local) terminal.note('It goes on while time passes: "forseti local advance 30m".');
};

/** Follows a replacement to its end, shows the end and sets the exit code; or only tells where it runs. */
export const followReplacement = async (
  session: Session,
  executionArn: string,
  request: ReplacementRequest,
  { wait, format }: { readonly wait: boolean; readonly format: Format },
  context: Context,
): Promise<void> => {
  const { application, instance, at } = request;
  const { terminal } = context;
  const json = format === 'json';
  if (!wait || at !== undefined) {
    tellStarted(session, executionArn, request, json, context);
    return;
  }
  if (!json) terminal.note(`${instance} of ${application} is being replaced; that takes some minutes.`);
  const ending = await awaitEnding(session, executionArn);
  context.exitCode = exitCodeOfEnding(ending);
  if (json) {
    const { error, message, left } = ending;
    const outcome = ending.outcome === 'Deployed' ? 'Replaced' : ending.outcome;
    const told = { outcome, error, message, left, application, instance, executionArn };
    terminal.out(JSON.stringify(told, null, 2));
  } else {
    terminal.out(endingText(request, ending, styleOf(terminal.colours && format === 'tree')));
  }
};
