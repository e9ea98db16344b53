import { Command, CommanderError } from 'commander';
import { addAccess } from './commands/access';
import { addApply } from './commands/apply';
import { addApprove } from './commands/approve';
import { addClean } from './commands/clean';
import { addCompletion } from './commands/completion';
import { addConsumers } from './commands/consumers';
import { addDashboard } from './commands/dashboard';
import { addDemo } from './commands/demo';
import { addDeploy } from './commands/deploy';
import { addDoctor } from './commands/doctor';
import { addFreeze } from './commands/freeze';
import { addHalt } from './commands/halt';
import { addHistory } from './commands/history';
import { addInit } from './commands/init';
import { addInstall } from './commands/install';
import { addList } from './commands/list';
import { addLocal } from './commands/local';
import { addMaintenance } from './commands/maintenance';
import { addPlan } from './commands/plan';
import { addPrewarm } from './commands/prewarm';
import { addQueue } from './commands/queue';
import { addRegion } from './commands/region';
import { addRegenerate } from './commands/regenerate';
import { addReplace } from './commands/replace';
import { addResumeFrom } from './commands/resumeFrom';
import { addRollback } from './commands/rollback';
import { addStatus } from './commands/status';
import { addWebhook } from './commands/webhook';
import { addUninstall } from './commands/uninstall';
import { addUpgrade } from './commands/upgrade';
import type { Context } from './session/context';
import type { Home } from './session/home';
import { openSession } from './session/openSession';
import { askOn } from './terminal/confirm';
import { FleetBusy, Interrupted, RefusedEarly, WaitsForSomebody } from './terminal/errors';
import { exitCodes, interruptedExitCode } from './terminal/exitCodes';
import { handleInterrupts } from './terminal/interrupt';
import { type Terminal, terminalOf } from './terminal/terminal';

/** In the order in which help lists them. */
const commands = [
  addInstall,
  addInit,
  addApply,
  addPlan,
  addDeploy,
  addStatus,
  addList,
  addHistory,
  addRollback,
  addHalt,
  addApprove,
  addResumeFrom,
  addRegenerate,
  addReplace,
  addFreeze,
  addDashboard,
  addDoctor,
  addClean,
  addMaintenance,
  addAccess,
  addPrewarm,
  addRegion,
  addConsumers,
  addQueue,
  addWebhook,
  addLocal,
  addDemo,
  addUpgrade,
  addUninstall,
  addCompletion,
];

/** The whole command line, with all commands. */
export const program = (context: Context): Command => {
  const command = new Command('forseti')
    .description(
      'Deploys applications to EC2 Auto Scaling groups: push a git tag, and the new version is on the fleet.',
    )
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => {
        context.terminal.out(text.trimEnd());
      },
      writeErr: (text) => {
        context.terminal.note(text.trimEnd());
      },
    })
    .showHelpAfterError('Run with --help to see what it takes.')
    .exitOverride()
    .addHelpText(
      'after',
      `
To try all of it without an AWS account:
  forseti local reset --cloud examples/clouds/small.yml
  forseti deploy api v2 --local

Exit codes: 0 done, 1 unexpected, 2 bad usage or settings, 3 rejected (nothing touched), 4 rolled back, 5 dirty, 6 already in progress.`,
    );
  for (const add of commands) add(command, context);
  return command;
};

/** Errors that a person can correct by another input. They are known by name, since their classes are loaded lazily. */
const usageErrors = ['UsageError', 'InvalidSettings', 'UnknownApplication', 'EventRefused', 'UnknownRegion'];

/** Tells an error to the person. @returns the exit code. */
const tell = (error: unknown, terminal: Terminal): number => {
  // Commander has written its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof Interrupted) {
    terminal.note(error.message);
    return interruptedExitCode;
  }
  if (error instanceof WaitsForSomebody) {
    terminal.note(`\n${error.message}`);
    return exitCodes.done;
  }
  if (error instanceof FleetBusy) {
    terminal.note(error.message);
    return exitCodes.inProgress;
  }
  if (error instanceof RefusedEarly) {
    terminal.note(error.message);
    return exitCodes.rejected;
  }
  // Its message says what failed in AWS's words, and what comes next.
  if (error instanceof Error && error.name === 'StackFailed') {
    terminal.note(error.message);
    return exitCodes.unexpected;
  }
  const known = error instanceof Error && usageErrors.includes(error.name);
  const message =
    error instanceof Error ? (known ? error.message : `${error.name}: ${error.message}`) : String(error);
  terminal.note(message);
  if (!known && process.env.FORSETI_TRACE && error instanceof Error) terminal.note(error.stack ?? '');
  return known ? exitCodes.usage : exitCodes.unexpected;
};

/** Runs one command. A test hands in a terminal and a way to open sessions. @returns the exit code. */
export const main = async (
  argv: readonly string[],
  { root, folder, terminal: given, open }: Home & Partial<Pick<Context, 'terminal' | 'open'>>,
): Promise<number> => {
  const terminal =
    given ?? terminalOf(process.stdout, process.stderr, process.env, askOn(process.stdin, process.stderr));
  // A live view hides the cursor, which has to come back when the process ends.
  if (!given)
    handleInterrupts(() => {
      if (terminal.live) terminal.write('\u001B[?25h');
    });
  const holder = `forseti ${argv.slice(2).join(' ')}`;
  const context: Context = {
    terminal,
    root,
    folder,
    open: open ?? ((options) => openSession(options, { root, folder }, holder)),
    exitCode: exitCodes.done,
  };
  try {
    await program(context).parseAsync([...argv]);
    return context.exitCode;
  } catch (error) {
    return tell(error, terminal);
  }
};
