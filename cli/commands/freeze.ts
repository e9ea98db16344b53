import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../terminal/errors';
import type { Context } from '../session/context';
import { durationArgument, type PlaceOptions, reasonArgument, withPlace } from '../session/options';
import type { Session } from '../session/session';
import { withSession } from '../session/withSession';
import { parseInstant } from '../terminal/instant';
import { tellAnswer } from '../views/answerView';
import { shortenOption } from './switching';

interface WhoseOptions extends PlaceOptions {
  readonly all?: boolean;
}

interface FreezeOptions extends WhoseOptions {
  readonly reason: string;
  /** As it was written: it may be relative to the session's time, which is known later. */
  readonly until?: string;
  /** Milliseconds. */
  readonly for?: number;
  readonly shorten?: boolean;
}

/** An application's name, or `*` for all. @throws UsageError unless exactly one of both was given. */
export const whose = (application: string | undefined, all: boolean | undefined): string => {
  if ((application === undefined) === (all !== true))
    throw new UsageError('Name one application, or give --all.');
  return application ?? '*';
};

/**
 * The end of a freeze in epoch milliseconds; undefined for one that somebody has to lift.
 * @throws UsageError of a time that is over.
 */
export const endOfFreeze = (
  { until, for: forMs }: Pick<FreezeOptions, 'until' | 'for'>,
  now: number,
): number | undefined => {
  if (forMs !== undefined) return now + forMs;
  if (until === undefined) return undefined;
  const at = parseInstant(until, now);
  if (at === undefined || at <= now)
    throw new UsageError(
      `--until ${until} is over already: it is ${new Date(now).toISOString().slice(0, 16)}Z now.`,
    );
  return at;
};

const untilArgument = (text: string): string => {
  if (parseInstant(text, 0) === undefined)
    throw new InvalidArgumentError(
      'Expected a time such as 18:00, 2026-12-24, "2026-12-24 18:00" or 2026-12-24T18:00Z.',
    );
  return text;
};

const send = async (
  session: Session,
  input: object,
  { format }: PlaceOptions,
  context: Context,
): Promise<void> => {
  const { ask, askedBy } = await import('../session/ask');
  tellAnswer(await ask(session, 'Freeze', { ...input, by: askedBy(session) }), format, context);
};

const freeze = async (name: string | undefined, options: FreezeOptions, context: Context): Promise<void> => {
  const application = whose(name, options.all);
  await withSession(options, context, async (session) => {
    const until = endOfFreeze(options, session.now());
    const input = {
      freeze: application,
      reason: options.reason,
      ...(until !== undefined && { until }),
      ...(options.shorten !== undefined && { shorten: options.shorten }),
    };
    await send(session, input, options, context);
  });
};

const unfreeze = async (name: string | undefined, options: WhoseOptions, context: Context): Promise<void> => {
  const application = whose(name, options.all);
  await withSession(options, context, (session) =>
    send(session, { unfreeze: application }, options, context),
  );
};

const whoseCommand = (program: Command, name: string): Command =>
  withPlace(
    program
      .command(name)
      .argument('[application]', 'its name in forseti.yml')
      .option('--all', 'all applications'),
  );

export const addFreeze = (program: Command, context: Context): void => {
  whoseCommand(program, 'freeze')
    .description('refuse deployments for a while; rollbacks are never refused')
    .requiredOption('--reason <text>', 'why; whoever is refused reads it', reasonArgument)
    .addOption(
      new Option(
        '--until <time>',
        'the end; without a zone it is this computer\'s: 18:00, 2026-12-24, "2026-12-24 18:00", 2026-12-24T18:00Z',
      )
        .argParser(untilArgument)
        .conflicts('for'),
    )
    .option('--for <duration>', 'such as 4h; without either, until it is lifted', durationArgument)
    .option(...shortenOption)
    .addHelpText(
      'after',
      `
Examples:
  forseti freeze api --reason "the campaign runs" --for 4h
  forseti freeze --all --reason "Christmas sales" --until 2026-12-27`,
    )
    .action((application: string | undefined, options: FreezeOptions) =>
      freeze(application, options, context),
    );
  whoseCommand(program, 'unfreeze')
    .description('lift a freeze that was made by hand')
    .addHelpText('after', '\nExamples:\n  forseti unfreeze api\n  forseti unfreeze --all')
    .action((application: string | undefined, options: WhoseOptions) =>
      unfreeze(application, options, context),
    );
};
