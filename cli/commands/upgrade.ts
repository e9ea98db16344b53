import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type StackOptions, withStackOptions } from '../install/options';
import type { Context } from '../session/context';
import { durationArgument, withPlace } from '../session/options';
import { defaultStage } from '../session/session';
import { withSession } from '../session/withSession';
import { confirm } from '../terminal/confirm';
import { UsageError } from '../terminal/errors';
import { exitCodes } from '../terminal/exitCodes';
import { styleOf } from '../terminal/style';

interface UpgradeOptions extends StackOptions {
  readonly wait: boolean;
  readonly atMost: number;
}

const longestWaitMs = 2 * 3_600_000;

const versionOf = (root: string): string =>
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;

/** @returns whether the stacks were deployed. */
const deploy = (options: UpgradeOptions, context: Context): Promise<boolean> =>
  withSession(options, context, async (session) => {
    const { terminal } = context;
    const [{ lookFirst }, { deployAll }, { tellProgress }, { whileFrozen }] = await Promise.all([
      import('../install/install'),
      import('../install/deployAll'),
      import('../install/progress'),
      import('../install/upgrade'),
    ]);
    const { files, prospect } = await lookFirst(session, options, context);
    const { home, standby } = prospect.facts;
    const upgraded = [home, ...(standby ? [standby] : [])].filter(
      ({ stack }) => stack?.resources.FreezeLambdaFunction !== undefined,
    );
    if (upgraded.length === 0)
      throw new UsageError(
        `There is no stack forseti-${session.stage} in ${session.region} to upgrade: forseti install --region ${session.region}`,
      );
    if (options.dryRun) return false;
    if (!options.yes && !(await confirm(terminal, 'Upgrade it?'))) {
      terminal.note('Nothing was changed.');
      context.exitCode = exitCodes.rejected;
      return false;
    }
    const style = styleOf(terminal.colours);
    const how = { ...options, version: versionOf(context.root) };
    const regions = upgraded.map(({ region }) => region);
    await whileFrozen(session, regions, how, context, async () => {
      const done = await deployAll(session, files, prospect, tellProgress(terminal, style));
      for (const { stack, changed } of done)
        terminal.note(
          `${style.good('✔')} forseti-${session.stage} in ${stack.region}: ${changed ? `is of version ${how.version} now` : 'as it was'}`,
        );
    });
    return true;
  });

const upgrade = async (options: UpgradeOptions, context: Context): Promise<void> => {
  if (!(await deploy(options, context))) return;
  const { examine } = await import('./doctor');
  await examine({ ...options, stage: options.stage ?? defaultStage }, context);
};

export const addUpgrade = (program: Command, context: Context): void => {
  withStackOptions(withPlace(program.command('upgrade')))
    .description('bring the stack to this version, while deployments are frozen and none runs')
    .option('--no-wait', 'refuse while anything runs, instead of waiting for its end')
    .option('--at-most <duration>', 'how long it waits', durationArgument, longestWaitMs)
    .addHelpText(
      'after',
      `
It freezes all applications, waits until nothing runs, deploys home and standby, looks with doctor, and lifts its own freeze, also
if it fails. A freeze of somebody else stays. What the stack was given (standby, roles, keys) stays unless an option changes it.

Examples:
  forseti upgrade --region eu-west-1
  forseti upgrade --region eu-west-1 --no-wait --yes

Exit codes: 0 upgraded, and all is well; 1 it failed, or doctor found something; 2 bad usage, 3 refused, nothing touched.`,
    )
    .action((options: UpgradeOptions) => upgrade(options, context));
};
