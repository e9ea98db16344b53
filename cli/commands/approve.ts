import type { Command } from 'commander';
import type { DeploymentRecord } from '../../lib/engine/record';
import { UsageError } from '../terminal/errors';
import { tellAnswer, tellTime } from '../views/answerView';
import type { Context } from '../session/context';
import { type PlaceOptions, withPlace } from '../session/options';
import type { Session } from '../session/session';
import { withSession } from '../session/withSession';

/** The deployment that waits, among an application's latest; undefined if none does. @throws UsageError of several. */
const waiting = async (
  session: Session,
  application: string,
  latest: readonly DeploymentRecord[],
): Promise<string | undefined> => {
  const { storesOf, waitsFor } = await import('../queries/deployments');
  const stores = storesOf(session);
  const states = await Promise.all(latest.map((record) => waitsFor(record, stores)));
  const [first, ...more] = latest.filter((_, index) => states[index] !== undefined);
  if (first && more.length > 0)
    throw new UsageError(
      `Several deployments of ${application} wait; name one: ${[first, ...more].map(({ deployment }) => deployment).join(', ')}.`,
    );
  return first?.deployment;
};

const approve = async (name: string, options: PlaceOptions, context: Context): Promise<void> => {
  await withSession(options, context, async (session) => {
    const [{ findDeployments }, { ask, askedBy }] = await Promise.all([
      import('../queries/deployments'),
      import('../session/ask'),
    ]);
    const found = await findDeployments(session, name);
    const isNamed = found[0]?.deployment === name;
    const deployment = isNamed ? name : await waiting(session, name, found);
    const answer =
      deployment === undefined
        ? { done: false, message: `No deployment of ${name} waits for an approval now.` }
        : await ask(session, 'Approve', { deployment, by: askedBy(session) });
    tellAnswer(answer, options.format, context);
    if (answer.done) tellTime(session, context);
  });
};

export const addApprove = (program: Command, context: Context): void => {
  withPlace(
    program
      .command('approve')
      .argument('<deployment>', 'its name, or the name of the application whose deployment waits'),
  )
    .description(
      'let a deployment go on that waits for it: with the rest of its rollout, or after a rollback held it back',
    )
    .addHelpText(
      'after',
      `
Examples:
  forseti approve api
  forseti approve api-v2-0123456789ab

Exit codes: 0 approved, 3 nothing waits for it.`,
    )
    .action((deployment: string, options: PlaceOptions) => approve(deployment, options, context));
};
