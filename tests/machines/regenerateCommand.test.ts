import { Command } from 'commander';
import { addRegenerate } from '../../cli/commands/regenerate';
import { exitCodes } from '../../cli/terminal/exitCodes';
import type { Session } from '../../cli/session/session';
import { Table } from '../../lib/aws/table';
import type { Release } from '../../lib/engine/releases';
import type { CloudState } from '../../packages/embedded-cloud/src/core/cloud';
import { keptTerminal } from '../unit/cli/support';
import { startTestStack } from './support/testStack';

jest.mock('../../cli/session/session', () => ({
  ...jest.requireActual<object>('../../cli/session/session'),
  withSession: (_options: unknown, _home: unknown, work: (session: Session) => Promise<unknown>) =>
    work(current),
}));

jest.setTimeout(60_000);
let current: Session;
let fresh: CloudState;
let deployed: CloudState;
beforeAll(async () => {
  const stack = await startTestStack({ group: { instances: 2 } });
  fresh = stack.cloud.snapshot();
  expect((await stack.deploy({ application: 'api', version: 'v2' })).outcome).toBe('Deployed');
  deployed = stack.cloud.snapshot();
});

const stand = async (from: CloudState) => {
  const stack = await startTestStack({ from });
  current = stack.session;
  const run = async (...words: string[]) => {
    const terminal = keptTerminal();
    const context = { terminal, root: '', folder: '', exitCode: exitCodes.done as number };
    const program = new Command();
    addRegenerate(program, context);
    await program.parseAsync(['node', 'forseti', 'regenerate', ...words]);
    return { code: context.exitCode, out: terminal.outs.join('\n'), note: terminal.notes.join('\n') };
  };
  return { stage: stack, run };
};

test('Run twice it makes two releases of the same version, each with an image of its own.', async () => {
  const { stage: stack, run } = await stand(deployed);
  for (const reason of ['updates', 'more updates']) {
    const { code, out } = await run('api', '--reason', reason, '--format', 'json');
    expect(code).toBe(exitCodes.done);
    expect(out).toContain('"Deployed"');
  }
  const images = Object.values(stack.region.service('ec2').state.images).filter(
    ({ tags }) => tags['forseti:version'] === 'v2',
  );
  expect(images).toHaveLength(3);
});

test('While a deployment runs it is refused, with exit code 6.', async () => {
  const { stage: stack, run } = await stand(deployed);
  await stack.start({ application: 'api', version: 'v3' }, 'running');
  await stack.cloud.advance(30_000);
  expect((await run('api', '--format', 'json')).code).toBe(exitCodes.inProgress);
});

test('A fleet that no deployment has touched is refused, with exit code 3.', async () => {
  const { run } = await stand(fresh);
  const { code, out } = await run('api');
  expect(code).toBe(exitCodes.rejected);
  expect(out).toMatch(/tagged forseti:version = v1 and forseti:deployment/);
});

test('An application that has no good release yet is told how to make the first.', async () => {
  const { stage: stack, run } = await stand(fresh);
  const table = new Table<Release>(stack.dynamodb, 'forseti-production-releases');
  for (const { application, release } of await table.scan()) await table.delete({ application, release });
  await expect(run('api')).rejects.toMatchObject({
    name: 'RefusedEarly',
    message: expect.stringMatching(/no good release.*forseti init api INSTANCE/) as string,
  });
});

test('An application that nobody knows is refused with those that are.', async () => {
  const { run } = await stand(deployed);
  await expect(run('shop')).rejects.toMatchObject({
    name: 'RefusedEarly',
    message: expect.stringMatching(/api/) as string,
  });
});
