import type { Command } from 'commander';
import type { Context } from '../session/context';
import { applicationArgument, type PlaceOptions, reasonArgument, withPlace } from '../session/options';
import { withSession } from '../session/withSession';
import { tellAnswer, tellTime } from '../views/answerView';

interface HaltOptions extends PlaceOptions {
  readonly reason: string;
}

const halt = async (application: string, options: HaltOptions, context: Context): Promise<void> => {
  await withSession(options, context, async (session) => {
    const { ask, askedBy } = await import('../session/ask');
    const input = { application, reason: options.reason, by: askedBy(session) };
    const answer = await ask(session, 'HaltDeployment', input);
    tellAnswer(answer, options.format, context);
    if (answer.done) tellTime(session, context);
  });
};

export const addHalt = (program: Command, context: Context): void => {
  withPlace(program.command('halt').argument(...applicationArgument))
    .description('stop the deployment that runs; it undoes what it did, and ends as RolledBack')
    .requiredOption('--reason <text>', 'why, for the record and for whoever deploys', reasonArgument)
    .addHelpText(
      'after',
      `
Example:
  forseti halt api --reason "wrong tag"

Exit codes: 0 halted, 3 nothing runs that could be halted.`,
    )
    .action((application: string, options: HaltOptions) => halt(application, options, context));
};
