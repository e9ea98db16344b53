import type { Command } from 'commander';
import { exitCodes } from '../terminal/exitCodes';
import type { Context } from '../session/context';
import { type PlaceOptions, withPlace } from '../session/options';
import { defaultStage } from '../session/session';
import { withSession } from '../session/withSession';
import { styleOf } from '../terminal/style';

/** Tells what is not well, and sets the exit code. */
export const examine = (options: PlaceOptions, context: Context): Promise<void> =>
  withSession(options, context, async (session) => {
    const { terminal } = context;
    const [{ readHealth }, { healthNotes, problemsOf, waysBackLines }] = await Promise.all([
      import('../queries/health'),
      import('../../lib/health/checks'),
    ]);
    const facts = await readHealth(session, context.root, options.stage ?? defaultStage);
    const problems = problemsOf(facts);
    if (problems.length > 0) context.exitCode = exitCodes.unexpected;
    if (options.format === 'json') {
      const { waysBack } = facts;
      terminal.out(
        JSON.stringify(
          { well: problems.length === 0, problems, waysBack, notes: healthNotes(facts) },
          null,
          2,
        ),
      );
      return;
    }
    if (options.format === 'plain') {
      for (const { subject, what, mend } of problems) terminal.out([subject, what, mend].join('\t'));
      return;
    }
    const { good, bad, dim } = styleOf(terminal.colours);
    for (const { what, mend } of problems) terminal.out(`${bad('✖')} ${what}\n  ${dim(mend)}`);
    if (problems.length === 0)
      terminal.out(
        `${good('✔')} All is well: ${String(facts.functions.length)} functions, ${String(facts.queues.length)} queues, ` +
          `${String(facts.alarms.length)} alarms, ${String(facts.locks.length)} locks, ${String(facts.applications.length)} applications.`,
      );
    for (const line of waysBackLines(facts)) terminal.out(`  ${line}`);
    for (const note of healthNotes(facts)) terminal.out(dim(`  ${note}`));
  });

export const addDoctor = (program: Command, context: Context): void => {
  withPlace(program.command('doctor'))
    .description("look at Forseti's own health; each problem is told with the command that repairs it")
    .addHelpText(
      'after',
      `
It changes nothing. It exits with 0 if all is well, and with 1 if something is not.

Examples:
  forseti doctor
  forseti doctor --format json`,
    )
    .action((options: PlaceOptions) => examine(options, context));
};
