import type { Command } from 'commander';
import { UsageError } from '../terminal/errors';
import { parsePast } from '../terminal/instant';
import type { Context } from '../session/context';
import { type PlaceOptions, withPlace } from '../session/options';
import type { Session } from '../session/session';
import { withSession } from '../session/withSession';
import { styleOf } from '../terminal/style';

interface HistoryOptions extends PlaceOptions {
  /** As it was written: it may be relative to the session's time, which is known later. */
  readonly since: string;
  readonly dora?: boolean;
  readonly refused?: boolean;
}

const refusedLines = async (
  session: Session,
  application: string | undefined,
  { format, since }: Pick<HistoryOptions, 'format'> & { readonly since: number },
  colours: boolean,
): Promise<string[]> => {
  const [{ refusedTagsOf }, { refusedPlain, refusedTree }] = await Promise.all([
    import('../queries/refusedTags'),
    import('../views/refusedTagsView'),
  ]);
  const refused = await refusedTagsOf(session, application, since);
  if (format === 'json') return [JSON.stringify({ refused }, null, 2)];
  return format === 'plain' ? refusedPlain(refused) : refusedTree(refused, styleOf(colours));
};

const history = async (
  application: string | undefined,
  options: HistoryOptions,
  context: Context,
): Promise<void> => {
  const { terminal } = context;
  await withSession(options, context, async (session) => {
    const since = parsePast(options.since, session.now());
    if (since === undefined)
      throw new UsageError(
        `--since ${options.since} is no time in the past; expected one such as 30d, 12h, 2026-11-01 or "2026-11-01 08:00".`,
      );
    if (options.refused) {
      const lines = await refusedLines(session, application, { ...options, since }, terminal.colours);
      if (lines.length > 0) terminal.out(lines.join('\n'));
      return;
    }
    const [{ historiesOf }, { historyPlain, historyTree }] = await Promise.all([
      import('../queries/history'),
      import('../views/historyView'),
    ]);
    const histories = await historiesOf(session, application, since);
    const lines =
      options.format === 'json'
        ? [JSON.stringify({ applications: histories }, null, 2)]
        : options.format === 'plain'
          ? historyPlain(histories, options)
          : historyTree(histories, styleOf(terminal.colours), options);
    if (lines.length > 0) terminal.out(lines.join('\n'));
  });
};

export const addHistory = (program: Command, context: Context): void => {
  withPlace(
    program.command('history').argument('[application]', 'its name in forseti.yml; all of them unless given'),
  )
    .description(
      'deployments and rollbacks: who, what, how long, how they ended; and what the five DORA figures make of them',
    )
    .option('--since <time>', 'so long ago, or a date: 30d, 12h, 2026-11-01', '30d')
    .option('--dora', 'only the figures')
    .option('--refused', 'tags that led to no deployment instead: moved, matching nothing, or no version')
    .addHelpText(
      'after',
      `
Examples:
  forseti history api --since 90d
  forseti history --dora --format json
  forseti history --refused --since 12h`,
    )
    .action((application: string | undefined, options: HistoryOptions) =>
      history(application, options, context),
    );
};
