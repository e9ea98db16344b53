import type { Command } from 'commander';
import type { Context } from '../session/context';
import {
  applicationArgument,
  type PlaceOptions,
  reasonArgument,
  waitOptions,
  withPlace,
} from '../session/options';
import { withSession } from '../session/withSession';

interface ReplaceOptions extends PlaceOptions {
  readonly reason?: string;
  readonly outOfHours?: boolean;
  readonly wait: boolean;
}

const replace = async (
  application: string,
  instance: string,
  options: ReplaceOptions,
  context: Context,
): Promise<void> => {
  await withSession(options, context, async (session) => {
    const [
      { startExecution },
      { checkApplication },
      { askedBy },
      { hoursOf, parseRequest },
      { followReplacement },
    ] = await Promise.all([
      import('../actions/startExecution'),
      import('../queries/applications'),
      import('../session/ask'),
      import('../actions/replacementRequest'),
      import('../follow/followReplacement'),
    ]);
    const { settings } = await checkApplication(session, application);
    const { reason } = options;
    const input = parseRequest({
      application,
      instance,
      requestedBy: askedBy(session),
      ...(reason !== undefined && { reason }),
      ...(options.outOfHours === true && hoursOf(settings.maintenance, session.now())),
    });
    const executionArn = await startExecution(session, {
      stateMachineArn: session.names.replaceMachineArn,
      application,
      subject: instance,
      input,
    });
    await followReplacement(session, executionArn, input, options, context);
  });
};

export const addReplace = (program: Command, context: Context): void => {
  const command = program
    .command('replace')
    .argument(...applicationArgument)
    .argument('<instance>', 'its id, as status shows it')
    .description('take an instance out of its fleet for good; the group launches another of the same release')
    .option('--reason <text>', 'why, for the record', reasonArgument)
    .option('--out-of-hours', 'in the hours of maintenance that the settings give, and without waiting here');
  waitOptions(withPlace(command))
    .addHelpText(
      'after',
      `
It is refused while a deployment or an instance refresh runs, while others of the fleet are not healthy, and for the only
instance that serves. Others go on serving meanwhile; the fleet is short of one for some minutes.

Examples:
  forseti replace api i-0123456789abcdef0 --reason "its disk is slow"
  forseti replace api i-0123456789abcdef0 --out-of-hours

Exit codes: 0 replaced, 3 refused (nothing touched), 5 taken out and nothing serves in its place, 6 a deployment is in progress.`,
    )
    .action((application: string, instance: string, options: ReplaceOptions) =>
      replace(application, instance, options, context),
    );
};
