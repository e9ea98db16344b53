import type { Command } from 'commander';
import type { Concurrency } from '../../lib/application/concurrencies';
import type { DeploymentRecord } from '../../lib/engine/record';
import { RefusedEarly } from '../terminal/errors';
import type { Context } from '../session/context';
import {
  concurrencyOption,
  despiteOptions,
  type PlaceOptions,
  reasonArgument,
  waitOptions,
  withPlace,
} from '../session/options';
import { withSession } from '../session/withSession';
import { deployInput } from './deploy';

interface ResumeOptions extends PlaceOptions {
  readonly reason?: string;
  readonly despiteFreeze?: string;
  readonly despiteAlarms?: string;
  readonly concurrency?: Concurrency;
  readonly wait: boolean;
}

/** The last failed deployment whose image is kept. @throws RefusedEarly if there is none. */
const resumable = (application: string, latest: readonly DeploymentRecord[]): DeploymentRecord => {
  const found = latest.find(({ due }) => due === 'spare');
  if (found) return found;
  throw new RefusedEarly(
    `No image of a failed deployment of ${application} is kept; deploy again: forseti deploy ${application} VERSION`,
  );
};

const resume = async (name: string, options: ResumeOptions, context: Context): Promise<void> => {
  await withSession(options, context, async (session) => {
    const [
      { checkApplication },
      { concurrencyWhileBusy },
      { findDeployments },
      { startExecution },
      { askedBy },
      { followToEnd },
      { resumedRequest },
    ] = await Promise.all([
      import('../queries/applications'),
      import('../actions/whileBusy'),
      import('../queries/deployments'),
      import('../actions/startExecution'),
      import('../session/ask'),
      import('../follow/followToEnd'),
      import('../../lib/deployment/resume'),
    ]);
    const found = await findDeployments(session, name);
    const record = found[0]?.deployment === name ? found[0] : resumable(name, found);
    const { application, version, deployment: resumeFrom } = record;
    try {
      // The same check as in the state Accept, before anything is started.
      resumedRequest({ application, version, resumeFrom }, record);
    } catch (error) {
      throw new RefusedEarly((error as Error).message, { cause: error });
    }
    const { settings } = await checkApplication(session, application);
    const concurrency = await concurrencyWhileBusy(
      session,
      {
        application,
        version,
        settings,
        given: options.concurrency,
        command: `forseti resume-from ${resumeFrom}`,
      },
      context.terminal,
    );
    const executionArn = await startExecution(session, {
      stateMachineArn: session.names.machineArn,
      application,
      subject: version,
      input: deployInput({
        application,
        version,
        options,
        resumeFrom,
        concurrency,
        requestedBy: askedBy(session),
      }),
    });
    const asked = { application, version, title: `${application} ${version} from ${resumeFrom}` };
    await followToEnd(session, executionArn, asked, options, context);
  });
};

export const addResumeFrom = (program: Command, context: Context): void => {
  const command = program
    .command('resume-from')
    .argument('<deployment>', 'its name, or the name of the application whose last one failed')
    .description(
      'start a failed deployment again with the image and launch template version that it had made already',
    )
    .option('--reason <text>', 'why, for the record', reasonArgument);
  waitOptions(concurrencyOption(despiteOptions(withPlace(command))))
    .addHelpText('after', '\nExamples:\n  forseti resume-from api-v2-0123456789ab\n  forseti resume-from api')
    .action((deployment: string, options: ResumeOptions) => resume(deployment, options, context));
};
