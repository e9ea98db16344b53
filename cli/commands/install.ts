import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { StackOptions } from '../install/options';
import type { Context } from '../session/context';
import { withPlace } from '../session/options';
import { defaultStage, type Session } from '../session/session';
import { withSession } from '../session/withSession';
import { confirm } from '../terminal/confirm';
import { exitCodes } from '../terminal/exitCodes';
import { styleOf } from '../terminal/style';
import { withStackOptions } from '../install/options';

interface InstallOptions extends StackOptions {
  readonly file: string;
}

/** Opens the session. Where no region is set, a person is asked for one. */
const placeOf = async (options: InstallOptions, context: Context): Promise<InstallOptions> => {
  const { ask } = context.terminal;
  if (options.local || options.region !== undefined || !ask || process.env.AWS_REGION) return options;
  const region = (await ask("Region, such as eu-west-1 (empty: the profile's own): ")).trim();
  return region === '' ? options : { ...options, region };
};

/** @returns the session's place and the topic of notifications; undefined where nothing was to be done. */
const deploy = async (
  session: Session,
  options: InstallOptions,
  context: Context,
): Promise<{ readonly steps: readonly string[] } | undefined> => {
  const { terminal } = context;
  const [{ lookFirst, firstSteps }, { deployAll }, { tellProgress }, { readStack }] = await Promise.all([
    import('../install/install'),
    import('../install/deployAll'),
    import('../install/progress'),
    import('../install/gather'),
  ]);
  const { files, prospect } = await lookFirst(session, options, context);
  if (options.dryRun) return undefined;
  if (!options.yes && !(await confirm(terminal, 'Install it?'))) {
    terminal.note('Nothing was changed.');
    context.exitCode = exitCodes.rejected;
    return undefined;
  }
  const style = styleOf(terminal.colours);
  const done = await deployAll(session, files, prospect, tellProgress(terminal, style));
  for (const { stack, changed } of done)
    terminal.note(
      `${style.good('✔')} forseti-${session.stage} in ${stack.region}: ${changed ? 'deployed' : 'as it was'}`,
    );
  const stack = await readStack(session, session.region);
  return { steps: firstSteps(session, stack?.resources.NotificationsTopic ?? 'TOPIC') };
};

const install = async (given: InstallOptions, context: Context): Promise<void> => {
  const { terminal } = context;
  const options = await placeOf(given, context);
  const done = await withSession(options, context, (session) => deploy(session, options, context));
  if (!done) return;
  // Each opens a session of its own, as these commands do when they are typed.
  const [{ apply }, { examine }] = await Promise.all([import('./apply'), import('./doctor')]);
  if (existsSync(options.file)) await apply(options.file, options, context);
  await examine({ ...options, stage: options.stage ?? defaultStage }, context);
  if (options.format === 'tree') for (const step of done.steps) terminal.out(step);
};

export const addInstall = (program: Command, context: Context): void => {
  withStackOptions(withPlace(program.command('install')))
    .description('make the stack in an account, or bring it to this version; run again, it goes on')
    .option('--file <path>', 'settings file that is applied, if it is there', 'forseti.yml')
    .addHelpText(
      'after',
      `
It looks first, and lists all that stands in the way. What an earlier run or an earlier stack left is gone on with: a stack in a
failed state, and tables with what they hold. "npx serverless deploy" makes the same stack.

Examples:
  forseti install --region eu-west-1 --dry-run
  forseti install --region eu-west-1 --standby eu-central-1 --instance-roles 'web-*' --yes

Exit codes: 0 installed, and all is well; 1 it failed, or doctor found something; 2 bad usage, 3 refused, nothing touched.`,
    )
    .action((options: InstallOptions) => install(options, context));
};
