import { type Command, Option } from 'commander';
import { checkReleaseName } from '../../lib/engine/releaseId';
import { UsageError } from '../terminal/errors';
import type { Context } from '../session/context';
import {
  applicationArgument,
  type PlaceOptions,
  reasonArgument,
  waitOptions,
  withPlace,
} from '../session/options';
import { withSession } from '../session/withSession';

interface RollbackOptions extends PlaceOptions {
  readonly to?: string;
  readonly fast?: boolean;
  readonly template?: 'current' | 'release';
  readonly reason?: string;
  readonly wait: boolean;
}

/** The input of the rollback machine. */
export const rollbackInput = (
  application: string,
  { to, fast, template, reason }: Pick<RollbackOptions, 'to' | 'fast' | 'template' | 'reason'>,
  requestedBy: string,
): object => ({
  application,
  ...(to !== undefined && { version: to }),
  ...(fast === true && { fast: true }),
  ...(template !== undefined && { template }),
  ...(reason !== undefined && { reason }),
  requestedBy,
});

const rollback = async (application: string, options: RollbackOptions, context: Context): Promise<void> => {
  const { to } = options;
  const wrong = to === undefined ? undefined : checkReleaseName(to);
  if (wrong !== undefined) throw new UsageError(`The ${wrong}.`);
  await withSession(options, context, async (session) => {
    const [{ startExecution }, { checkApplication }, { askedBy }, { followToEnd }] = await Promise.all([
      import('../actions/startExecution'),
      import('../queries/applications'),
      import('../session/ask'),
      import('../follow/followToEnd'),
    ]);
    await checkApplication(session, application);
    const what = to === undefined ? 'rollback' : `rollback-${to}`;
    const executionArn = await startExecution(session, {
      stateMachineArn: session.names.rollbackMachineArn,
      application,
      subject: what,
      input: rollbackInput(application, options, askedBy(session)),
    });
    const version = to ?? 'its last good release';
    const asked = { application, version, title: `${application} back to ${version}` };
    await followToEnd(session, executionArn, asked, options, context);
  });
};

export const addRollback = (program: Command, context: Context): void => {
  const command = program
    .command('rollback')
    .argument(...applicationArgument)
    .description(
      'bring the fleet back to its last good release of another version, or to a named one; a deployment that runs is halted first',
    )
    .option('--to <version>', 'the release to go to: its version, or its id as "forseti list" shows it')
    .option('--fast', 'all instances at once, with twice the capacity for a while, without checkpoints')
    .addOption(
      new Option(
        '--template <which>',
        'what it launches from: the launch template as it is now, with the image of the release, or the version of the release; as the settings say unless given',
      ).choices(['current', 'release']),
    )
    .option('--reason <text>', 'why, for the record', reasonArgument);
  waitOptions(withPlace(command))
    .addHelpText(
      'after',
      `
Examples:
  forseti rollback api
  forseti rollback api --to v1.4.1 --reason "orders are lost since v1.4.2"
  forseti rollback api --to v1.4.1@3f9a1c     one of several images of that version

Exit codes: 0 the fleet is on that release, 3 refused (nothing touched), 4 the fleet runs what it ran before, 5 dirty, 6 another rollback is in progress.`,
    )
    .action((application: string, options: RollbackOptions) => rollback(application, options, context));
};
