import type { Command } from 'commander';
import type { Release } from '../../lib/engine/releases';
import { RefusedEarly } from '../terminal/exitCodes';
import type { Context } from '../main';
import {
  applicationArgument,
  despiteOptions,
  type PlaceOptions,
  reasonArgument,
  waitOptions,
  withPlace,
} from '../session/options';
import { withSession } from '../session/session';
import { inputOf } from './deploy';

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
    const [
      { executionName },
      { startExecution },
      { checkApplication },
      { askedBy },
      { followToEnd },
      { Releases },
      { Table },
      { DynamoDBClient },
    ] = await Promise.all([
      import('../../lib/intake/names'),
      import('../queries/executions'),
      import('../queries/applications'),
      import('../session/ask'),
      import('./followToEnd'),
      import('../../lib/engine/releases'),
      import('../../lib/aws/table'),
      import('@aws-sdk/client-dynamodb'),
    ]);
    await checkApplication(session, application);
    const table = new Table<Release>(session.connect(DynamoDBClient), session.names.releasesTable);
    const good = await new Releases(table).lastGood(application);
    if (!good)
      throw new RefusedEarly(
        `${application} has no good release that its fleet could be running. Make the first one of what runs: ` +
          `forseti init ${application} INSTANCE`,
      );
    const { version } = good;
    const executionArn = await startExecution(session, {
      stateMachineArn: session.names.machineArn,
      // A person's request is minted here: the same again is a new attempt.
      name: executionName(application, version, session.newId()),
      input: {
        ...inputOf({ application, version, options, requestedBy: askedBy(session) }),
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
