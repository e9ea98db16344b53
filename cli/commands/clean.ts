import { type Command, InvalidArgumentError } from 'commander';
import type { CleanAnswer } from '../../lib/cleaning/request';
import type { Context } from '../session/context';
import { type PlaceOptions, reasonArgument, withPlace } from '../session/options';
import { withSession } from '../session/withSession';
import { showCleaned } from '../views/cleanedView';

interface CleanOptions extends PlaceOptions {
  readonly keep?: number;
  readonly dryRun?: boolean;
  readonly reason?: string;
}

const keepArgument = (text: string): number => {
  if (!/^[1-9]\d?$|^100$/.test(text)) throw new InvalidArgumentError('Expected a number from 1 to 100.');
  return Number(text);
};

const clean = async (
  application: string | undefined,
  { keep, dryRun, reason, ...options }: CleanOptions,
  context: Context,
): Promise<void> => {
  await withSession(options, context, async (session) => {
    const { ask, askedBy } = await import('../session/ask');
    const answer = await ask(session, 'Clean', {
      ...(application !== undefined && { application }),
      ...(keep !== undefined && { keep }),
      dryRun: dryRun === true,
      ...(reason !== undefined && { reason }),
      by: askedBy(session),
    });
    showCleaned(answer as CleanAnswer, options.format, context);
  });
};

export const addClean = (program: Command, context: Context): void => {
  withPlace(
    program
      .command('clean')
      .argument('[application]', 'its name in forseti.yml; all applications without it')
      .option(
        '--keep <n>',
        "good releases that stay, two at least; the settings' image.keep unless given",
        keepArgument,
      )
      .option('--reason <text>', 'why; it is kept with your name', reasonArgument)
      .option('--dry-run', 'tell what would be deleted, and why the rest stays; delete nothing'),
  )
    .description('delete images, snapshots and launch template versions of ours that nothing refers to')
    .addHelpText(
      'after',
      `
It runs by itself after each good deployment, and twice a day.

Examples:
  forseti clean api --dry-run
  forseti clean api --keep 3 --reason "snapshots cost too much"

Exit codes: 0 clean, 3 not all of it could be deleted, 6 something has the fleet.`,
    )
    .action((application: string | undefined, options: CleanOptions) => clean(application, options, context));
};
