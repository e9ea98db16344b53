import { type Command, Option } from 'commander';
import { strategies, type Strategy } from '../../lib/application/schema';
import { checkVersion } from '../../lib/application/version';
import { showDuration } from '../duration';
import { endingLines, exitCodeOfEnding } from '../ending';
import { RefusedEarly, UsageError } from '../exitCodes';
import type { Context } from '../main';
import { extraVarArgument, type PlaceOptions, withPlace } from '../options';
import { type Session, withSession } from '../session';
import { styleOf } from '../style';

interface DeployOptions extends PlaceOptions {
  readonly image?: string;
  readonly extraVar?: Readonly<Record<string, string>>;
  readonly strategy?: Strategy;
  readonly reason?: string;
  readonly wait: boolean;
}

export interface Request {
  readonly application: string;
  readonly version: string;
  readonly options: Pick<DeployOptions, 'image' | 'extraVar' | 'strategy' | 'reason'>;
  readonly requestedBy: string;
}

/** The deploy machine's input. */
export const inputOf = ({ application, version, options, requestedBy }: Request): object => ({
  application,
  version,
  ...(options.image !== undefined && { image: options.image }),
  ...(options.extraVar && { extraVars: options.extraVar }),
  ...(options.strategy && { strategy: options.strategy }),
  ...(options.reason !== undefined && { reason: options.reason.slice(0, 256) }),
  requestedBy: requestedBy.slice(0, 256),
});

const check = (version: string, { image }: DeployOptions): void => {
  const wrong = checkVersion(version);
  if (wrong !== undefined) throw new UsageError(`The ${wrong}.`);
  if (image !== undefined && !/^ami-[0-9a-f]{8,17}$/.test(image))
    throw new UsageError(`--image ${image} is no image's id; expected one such as ami-0123456789abcdef0.`);
};

/** @returns the execution's ARN. @throws RefusedEarly of an unknown application, UsageError where there is no stack. */
const start = async (session: Session, request: Request): Promise<string> => {
  const [{ SSMClient }, { SFNClient, StartExecutionCommand }, { readSettings }, { executionName }] =
    await Promise.all([
      import('@aws-sdk/client-ssm'),
      import('@aws-sdk/client-sfn'),
      import('../../lib/application/store'),
      import('../../lib/intake/names'),
    ]);
  await readSettings(session.connect(SSMClient), session.names.settingsPrefix, request.application).catch(
    (error: Error) => {
      throw error.name === 'UnknownApplication' ? new RefusedEarly(error.message, { cause: error }) : error;
    },
  );
  const command = new StartExecutionCommand({
    stateMachineArn: session.names.machineArn,
    // A person's request is minted here: the same version again is a new attempt.
    name: executionName(request.application, request.version, session.newId()),
    input: JSON.stringify(inputOf(request)),
  });
  try {
    const { executionArn } = await session.connect(SFNClient).send(command);
    return executionArn ?? '';
  } catch (error) {
    if ((error as Error).name !== 'StateMachineDoesNotExist') throw error;
    throw new UsageError(
      `There is no state machine ${session.names.machineArn}: deploy the stack, or give its --region and --stage.`,
    );
  }
};

const deploy = async (
  application: string,
  version: string,
  options: DeployOptions,
  context: Context,
): Promise<void> => {
  check(version, options);
  const { terminal } = context;
  const style = styleOf(terminal.colours);
  const json = options.format === 'json';
  await withSession(options, context, async (session) => {
    const executionArn = await start(session, {
      application,
      version,
      options,
      requestedBy: session.requestedBy,
    });
    const execution = executionArn.slice(executionArn.lastIndexOf(':') + 1);
    if (!options.wait) {
      terminal.out(json ? JSON.stringify({ executionArn }, null, 2) : executionArn);
      if (session.local) terminal.note('It goes on while time passes: "forseti local advance 30m".');
      return;
    }
    if (!json) terminal.note(`${style.bold(`${application} ${version}`)}  ${style.dim(execution)}\n`);
    const { follow } = await import('../follow');
    const { ending, last } = await follow(session, executionArn, terminal, { quiet: json });
    context.exitCode = exitCodeOfEnding(ending);
    const { startDate, stopDate } = last.execution;
    const ms = startDate && stopDate ? stopDate.getTime() - startDate.getTime() : 0;
    if (json) {
      const told = { application, version, executionArn, durationSeconds: ms / 1_000, path: last.path };
      terminal.out(JSON.stringify({ ...ending, ...told }, null, 2));
      return;
    }
    terminal.out(
      [
        '',
        ...endingLines(`${application} ${version}`, ending, style, terminal.columns),
        '',
        style.dim(`Took ${showDuration(ms)}.`),
      ].join('\n'),
    );
  });
};

export const addDeploy = (program: Command, context: Context): void => {
  withPlace(
    program.command('deploy').argument('<application>').argument('<version>', 'a git tag, such as v1.4.2'),
  )
    .description('bring a version to the fleet, and follow it to its end')
    .option('--image <id>', 'a ready image: nothing is provisioned, nothing baked')
    .option(
      '--extra-var <key=value>',
      'variable handed to Ansible; may be given several times',
      extraVarArgument,
    )
    .addOption(new Option('--strategy <strategy>', "instead of the settings' own").choices(strategies))
    .option('--reason <text>', 'why, for the record')
    .option('--wait', 'follow to the end (default)', true)
    .option('--no-wait', 'print the execution and leave')
    .addHelpText(
      'after',
      '\nExamples:\n  forseti deploy api v1.4.2\n  forseti deploy api v1.4.2 --extra-var workers=8 --reason "more workers for Friday"',
    )
    .action((application: string, version: string, options: DeployOptions) =>
      deploy(application, version, options, context),
    );
};
