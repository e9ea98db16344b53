import type { Command } from 'commander';
import type { Context } from '../session/context';
import { type PlaceOptions, withPlace } from '../session/options';
import { withSession } from '../session/withSession';
import { styleOf } from '../terminal/style';

const list = async (
  application: string | undefined,
  options: PlaceOptions,
  context: Context,
): Promise<void> => {
  const { terminal } = context;
  await withSession(options, context, async (session) => {
    const [{ listReleases }, { releasesPlain, releasesTree }] = await Promise.all([
      import('../queries/releases'),
      import('../views/releasesView'),
    ]);
    const lists = await listReleases(session, application);
    const lines =
      options.format === 'json'
        ? [JSON.stringify({ applications: lists }, null, 2)]
        : options.format === 'plain'
          ? releasesPlain(lists)
          : releasesTree(lists, session.now(), styleOf(terminal.colours));
    if (lines.length > 0) terminal.out(lines.join('\n'));
  });
};

export const addList = (program: Command, context: Context): void => {
  withPlace(
    program.command('list').argument('[application]', 'its name in forseti.yml; all of them unless given'),
  )
    .description('releases: image, launch template version, good or bad, size, age, and who uses them')
    .addHelpText(
      'after',
      `
Examples:
  forseti list api
  forseti list --format plain | awk -F '\\t' '$3 == "bad" { print $1, $2 }'`,
    )
    .action((application: string | undefined, options: PlaceOptions) => list(application, options, context));
};
