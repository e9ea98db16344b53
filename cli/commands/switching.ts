import type { Command } from 'commander';
import type { AnySwitchAnswer, SwitchKind } from '../../lib/switches/kinds';
import type { Context } from '../session/context';
import { applicationArgument, type PlaceOptions, withPlace } from '../session/options';
import type { Session } from '../session/session';
import { withSession } from '../session/withSession';
import { exitCodes } from '../terminal/exitCodes';
import { columns, styleOf } from '../terminal/style';
import { tellAnswer } from '../views/answerView';
import { switchRows } from '../views/switchesView';

/** Options that all commands which turn something on for a while have in common. */
export interface SwitchOnOptions extends PlaceOptions {
  /** Milliseconds. */
  readonly for?: number;
  readonly force?: boolean;
  readonly shorten?: boolean;
  readonly reason?: string;
}

/** Whoever asks again for what is on already moves its end to a later one only, unless they say so. */
export const shortenOption = [
  '--shorten',
  'end it then, although somebody has asked for a later end already',
] as const;

/** The common options as the functions of the switches take them; options that were not given are left out. */
export const commonInput = ({
  for: forMs,
  force,
  shorten,
  reason,
}: Omit<SwitchOnOptions, 'format'>): object => ({
  ...(forMs !== undefined && { forSeconds: Math.ceil(forMs / 1_000) }),
  ...(force !== undefined && { force }),
  ...(shorten !== undefined && { shorten }),
  ...(reason !== undefined && { reason }),
});

/** Invokes a function of the switches in the name of the person, and shows its answer. */
export const turn = async (
  session: Session,
  name: string,
  input: object,
  { format }: PlaceOptions,
  context: Context,
): Promise<void> => {
  const { ask, askedBy } = await import('../session/ask');
  const answer = await ask<AnySwitchAnswer>(session, name, { ...input, by: askedBy(session) });
  tellAnswer(answer, format, context);
  if (answer.inProgress === true) context.exitCode = exitCodes.inProgress;
  if (answer.done && session.local && answer.switch?.until !== undefined && answer.switch.offAt === undefined)
    context.terminal.note('It ends while time passes: "forseti local advance 30m".');
};

/** @param name of the function that turns it on. @throws UsageError, RefusedEarly. */
export const switchOn = (
  name: string,
  input: object,
  options: PlaceOptions,
  context: Context,
): Promise<void> => withSession(options, context, (session) => turn(session, name, input, options, context));

/**
 * Turns a switch off, also where the application's settings are gone by now. A misspelt application is refused: "nothing
 * is on" would hide the mistake.
 * @param name of the function that turns it off.
 * @throws UsageError; RefusedEarly of an application that has neither settings nor any switch.
 */
export const switchOff = (
  name: string,
  input: { readonly application: string },
  options: PlaceOptions,
  context: Context,
): Promise<void> =>
  withSession(options, context, async (session) => {
    const { knownSwitches } = await import('../queries/switches');
    await knownSwitches(session, input.application);
    await turn(session, name, input, options, context);
  });

/** A switch that went off is listed for a week. */
const shownMs = 7 * 24 * 3_600_000;

/** Lists the switches of one kind, also those that went off lately. @throws RefusedEarly of an unknown application. */
export const listSwitches = (
  application: string,
  kind: SwitchKind,
  options: PlaceOptions,
  context: Context,
): Promise<void> =>
  withSession(options, context, async (session) => {
    const { knownSwitches } = await import('../queries/switches');
    const items = (await knownSwitches(session, application)).filter(
      (item) => item.kind === kind && (item.offAt === undefined || item.offAt > session.now() - shownMs),
    );
    const { terminal } = context;
    if (options.format === 'json') {
      terminal.out(JSON.stringify(items, null, 2));
      return;
    }
    const rows = switchRows(items, session.now(), styleOf(terminal.colours && options.format === 'tree'));
    if (options.format === 'plain') for (const row of rows) terminal.out(row.join('\t'));
    else if (rows.length === 0) terminal.out('Nothing is on, and nothing was within the last week.');
    else for (const line of columns(rows)) terminal.out(line);
  });

/** Makes a command (`access list`, `maintenance status`) show what is on, who turned it on, and until when. */
export const showsSwitches = (command: Command, kind: SwitchKind, context: Context): Command =>
  withPlace(command.argument(...applicationArgument)).action((application: string, options: PlaceOptions) =>
    listSwitches(application, kind, options, context),
  );
