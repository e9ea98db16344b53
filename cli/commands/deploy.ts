import { type Command, Option } from 'commander';
import type { Concurrency } from '../../lib/application/concurrencies';
import type { Strategy } from '../../lib/application/schema';
import { strategies } from '../../lib/application/strategies';
import { checkVersion } from '../../lib/application/version';
import { UsageError } from '../terminal/errors';
import type { Context } from '../session/context';
import {
  applicationArgument,
  commitArgument,
  concurrencyOption,
  despiteOptions,
  extraVarArgument,
  type PlaceOptions,
  reasonArgument,
  tagsArgument,
  waitOptions,
  withPlace,
} from '../session/options';
import { withSession } from '../session/withSession';

interface DeployOptions extends PlaceOptions {
  readonly image?: string;
  readonly extraVar?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly commit?: string;
  readonly strategy?: Strategy;
  readonly reason?: string;
  readonly despiteFreeze?: string;
  readonly despiteAlarms?: string;
  readonly concurrency?: Concurrency;
  readonly wait: boolean;
}

/** What a person asks the deploy machine for. */
export interface AskedDeployment {
  readonly application: string;
  readonly version: string;
  readonly options: Pick<
    DeployOptions,
    | 'image'
    | 'extraVar'
    | 'tags'
    | 'skipTags'
    | 'commit'
    | 'strategy'
    | 'reason'
    | 'despiteFreeze'
    | 'despiteAlarms'
  >;
  /** While another deployment runs; the settings decide unless given. */
  readonly concurrency?: Concurrency | undefined;
  /** A failed deployment whose image is used again. */
  readonly resumeFrom?: string;
  readonly requestedBy: string;
}

/** The input of the deploy machine. */
export const deployInput = ({
  application,
  version,
  options,
  resumeFrom,
  concurrency,
  requestedBy,
}: AskedDeployment): object => ({
  application,
  version,
  ...(resumeFrom !== undefined && { resumeFrom }),
  ...(options.image !== undefined && { image: options.image }),
  ...(options.extraVar && { extraVars: options.extraVar }),
  ...(options.tags && { tags: options.tags }),
  ...(options.skipTags && { skipTags: options.skipTags }),
  ...(options.commit !== undefined && { commit: options.commit }),
  ...(options.strategy && { strategy: options.strategy }),
  ...(options.reason !== undefined && { reason: options.reason }),
  ...(options.despiteFreeze !== undefined && { despiteFreeze: options.despiteFreeze }),
  ...(options.despiteAlarms !== undefined && { despiteAlarms: options.despiteAlarms }),
  ...(concurrency !== undefined && { concurrency }),
  requestedBy,
});

/** Checks what can be checked without AWS. @throws UsageError. */
export const checkRequest = (version: string, { image }: Pick<DeployOptions, 'image'>): void => {
  const wrong = checkVersion(version);
  if (wrong !== undefined) throw new UsageError(`The ${wrong}.`);
  if (image !== undefined && !/^ami-[0-9a-f]{8,17}$/.test(image))
    throw new UsageError(`--image ${image} is no image's id; expected one such as ami-0123456789abcdef0.`);
};

const deploy = async (
  application: string,
  version: string,
  options: DeployOptions,
  context: Context,
): Promise<void> => {
  checkRequest(version, options);
  await withSession(options, context, async (session) => {
    const [{ startExecution }, { concurrencyWhileBusy }, { checkApplication }, { askedBy }, { followToEnd }] =
      await Promise.all([
        import('../actions/startExecution'),
        import('../actions/whileBusy'),
        import('../queries/applications'),
        import('../session/ask'),
        import('../follow/followToEnd'),
      ]);
    const { settings } = await checkApplication(session, application);
    const concurrency = await concurrencyWhileBusy(
      session,
      {
        application,
        version,
        settings,
        given: options.concurrency,
        command: `forseti deploy ${application} ${version}`,
      },
      context.terminal,
    );
    const executionArn = await startExecution(session, {
      stateMachineArn: session.names.machineArn,
      application,
      subject: version,
      input: deployInput({ application, version, options, concurrency, requestedBy: askedBy(session) }),
    });
    const asked = { application, version, title: `${application} ${version}` };
    await followToEnd(session, executionArn, asked, options, context);
  });
};

/** Adds the options that `deploy` and `plan` have in common. */
export const requestOptions = (command: Command): Command =>
  command
    .option('--image <id>', 'a ready image: nothing is provisioned, nothing baked')
    .option(
      '--extra-var <key=value>',
      'variable handed to Ansible; may be given several times',
      extraVarArgument,
    )
    .option('--tags <tags>', 'run only what the playbook tags so, such as web,config', tagsArgument)
    .option('--skip-tags <tags>', 'leave out what the playbook tags so', tagsArgument)
    .option('--commit <commit>', "the commit that the version's tag names", commitArgument)
    .addOption(new Option('--strategy <strategy>', "instead of the settings' own").choices(strategies));

export const addDeploy = (program: Command, context: Context): void => {
  const command = requestOptions(
    program
      .command('deploy')
      .argument(...applicationArgument)
      .argument('<version>', 'a git tag, such as v1.4.2')
      .description('bring a version to the fleet, and follow it to its end'),
  ).option('--reason <text>', 'why, for the record', reasonArgument);
  waitOptions(concurrencyOption(despiteOptions(withPlace(command))))
    .addHelpText(
      'after',
      `
Examples:
  forseti deploy api v1.4.2
  forseti deploy api v1.4.2 --extra-var workers=8 --reason "more workers for Friday"
  forseti deploy api v1.4.3 --concurrency queue-latest
  forseti deploy api v1.4.2 --tags config --commit 8f14e45fceea167a5a36dedd4bea2543cdb2c3f7
  forseti deploy api v1.4.3 --despite-alarms "repairs what they ring for"

Exit codes: 0 deployed, 3 rejected, 4 rolled back, 5 dirty, 6 another deployment is in progress.`,
    )
    .action((application: string, version: string, options: DeployOptions) =>
      deploy(application, version, options, context),
    );
};
