import type { Command } from 'commander';
import { RefusedEarly } from '../terminal/errors';
import type { Context } from '../session/context';
import {
  applicationArgument,
  despiteOptions,
  type PlaceOptions,
  reasonArgument,
  waitOptions,
  withPlace,
} from '../session/options';
import { withSession } from '../session/withSession';
import { deployInput } from './deploy';

interface RegenerateOptions extends PlaceOptions {
  readonly reason?: string;
  readonly despiteFreeze?: string;
  readonly despiteAlarms?: string;
  readonly wait: boolean;
}

const regenerate = async (
  application: string,
  options: RegenerateOptions,
  context: Context,
): Promise<void> => {
  await withSession(options, context, async (session) => {
    const [{ startExecution }, { checkApplication }, { askedBy }, { followToEnd }, { lastGoodRelease }] =
      await Promise.all([
        import('../actions/startExecution'),
        import('../queries/applications'),
        import('../session/ask'),
        import('../follow/followToEnd'),
        import('../queries/releaseStatus'),
      ]);
    const { settings } = await checkApplication(session, application);
    const good = await lastGoodRelease(session, application, {
      group: settings.group,
      launchTemplate: undefined,
    });
    if (!good)
      throw new RefusedEarly(
        `${application} has no good release that its fleet could be running. Make the first one of what runs: ` +
          `forseti init ${application} INSTANCE`,
      );
    const { version } = good;
    const executionArn = await startExecution(session, {
      stateMachineArn: session.names.machineArn,
      application,
      subject: version,
      input: {
        ...deployInput({ application, version, options, requestedBy: askedBy(session) }),
        imageFrom: 'running',
      },
    });
    const asked = { application, version, title: `${application} ${version} from the running fleet` };
    await followToEnd(session, executionArn, asked, options, context);
  });
};

export const addRegenerate = (program: Command, context: Context): void => {
  const command = program
    .command('regenerate')
    .argument(...applicationArgument)
    .description(
      'make a new image of the fleet as it runs, and a release of the same version; nothing is provisioned',
    )
    .option('--reason <text>', 'why, for the record', reasonArgument);
  waitOptions(despiteOptions(withPlace(command)))
    .addHelpText(
      'after',
      `
Example:
  forseti regenerate api --reason "security updates of the week"

Exit codes: 0 deployed, 3 rejected, 4 rolled back, 5 dirty, 6 another deployment is in progress.`,
    )
    .action((application: string, options: RegenerateOptions) => regenerate(application, options, context));
};
