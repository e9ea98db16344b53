import type { Command } from 'commander';
import type { Context } from '../session/context';
import { type PlaceOptions, withPlace } from '../session/options';
import { withSession } from '../session/withSession';
import { confirm } from '../terminal/confirm';
import { RefusedEarly, UsageError } from '../terminal/errors';
import { exitCodes } from '../terminal/exitCodes';
import { styleOf } from '../terminal/style';

interface UninstallOptions extends PlaceOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly deleteData?: boolean;
}

const uninstall = (options: UninstallOptions, context: Context): Promise<void> =>
  withSession(options, context, async (session) => {
    const { terminal } = context;
    const [{ busyIn, readRemovals, removeAll, stayLines }, { busyLines }, { tellProgress }] =
      await Promise.all([
        import('../install/uninstall'),
        import('../install/inFlight'),
        import('../install/progress'),
      ]);
    const removals = await readRemovals(session);
    if (removals.length === 0)
      throw new UsageError(
        `There is no stack forseti-${session.stage} in ${session.region}: give its --region and --stage.`,
      );
    const busy = await busyIn(session, removals);
    if (busy.length > 0)
      throw new RefusedEarly(
        [
          ...busyLines(busy),
          'These would be left half done. Nothing was changed; run it again afterwards.',
        ].join('\n'),
      );
    const data = options.deleteData === true;
    for (const { region, stack } of removals)
      terminal.out(
        `${stack.name} in ${region} is removed: ${String(Object.keys(stack.resources).length)} resources.`,
      );
    for (const line of stayLines(session, removals, data)) terminal.out(line);
    if (data)
      terminal.out(
        'The tables with all releases and the history, the bucket of outputs and the settings are DELETED.',
      );
    if (options.dryRun) return;
    if (!options.yes && !(await confirm(terminal, data ? 'Remove it with all data?' : 'Remove it?'))) {
      terminal.note('Nothing was changed.');
      context.exitCode = exitCodes.rejected;
      return;
    }
    const style = styleOf(terminal.colours);
    await removeAll(session, removals, {
      data,
      tell: tellProgress(terminal, style),
      told: (what) => {
        terminal.note(`${style.bad('✖')} ${what}`);
        context.exitCode = exitCodes.unexpected;
      },
    });
    for (const { region, stack } of removals)
      terminal.note(`${style.good('✔')} ${stack.name} in ${region}: removed`);
  });

export const addUninstall = (program: Command, context: Context): void => {
  withPlace(program.command('uninstall'))
    .description('remove the stack; what it deployed serves on, and its tables stay')
    .option('--delete-data', 'delete the tables, the bucket of outputs and the settings as well')
    .option('--dry-run', 'look, tell, and change nothing')
    .option('--yes', 'do not ask before anything is done')
    .addHelpText(
      'after',
      `
It refuses while a deployment runs, a process of a group is suspended, a port is opened, a maintenance page is shown, or capacity
is prewarmed, and lists them with the command that ends each. A stack with a standby takes that with it.

Examples:
  forseti uninstall --region eu-west-1 --dry-run
  forseti uninstall --region eu-west-1 --yes

Exit codes: 0 removed, 1 it failed, 2 bad usage, 3 refused, nothing touched.`,
    )
    .action((options: UninstallOptions) => uninstall(options, context));
};
