import { exitCodes } from '../../cli/terminal/exitCodes';
import { listSwitches, turn } from '../../cli/commands/switching';
import { contextWith, keptTerminal } from '../unit/cli/support';
import { savedStack } from './support/commandLine';
import { startTestStack } from './support/testStack';

const start = savedStack(() => startTestStack({ group: { instances: 2 } }));

const setUp = async () => {
  const { stack } = await start();
  const context = contextWith(keptTerminal(), { open: async () => stack.session });
  return { stack, terminal: context.terminal, context };
};
const ssh = { application: 'api', port: 22, cidr: '203.0.113.7/32' };

test.each(['tree', 'plain', 'json'] as const)('An opening is reported and listed as %s', async (format) => {
  const { stack, terminal, context } = await setUp();
  await turn(stack.session, 'OpenAccess', { ...ssh, forSeconds: 600 }, { format }, context);
  await listSwitches('api', 'access', { format }, context);
  expect(context.exitCode).toBe(exitCodes.done);
  const [opened = '', listed = ''] = terminal.outs;
  if (format === 'json') {
    expect(JSON.parse(opened)).toMatchObject({ done: true, switch: { kind: 'access' } });
    expect(JSON.parse(listed)).toMatchObject([{ kind: 'access', made: { port: 22 } }]);
    return;
  }
  expect(opened).toMatch(/api: port 22 for 203\.0\.113\.7\/32: open until/);
  expect(listed).toMatch(format === 'plain' ? /^on\tport 22 for / : /^on {2}port 22 for /);
});

test('A refusal is written to stderr, with exit code 3', async () => {
  const { stack, terminal, context } = await setUp();
  await turn(stack.session, 'OpenAccess', { ...ssh, cidr: '0.0.0.0/0' }, { format: 'tree' }, context);
  expect([context.exitCode, terminal.outs]).toEqual([exitCodes.rejected, []]);
  expect(terminal.notes[0]).toMatch(/0\.0\.0\.0\/0 is everybody/);
});

test('A warm-up during a deployment ends with exit code 6', async () => {
  const { stack, context } = await setUp();
  await stack.start({ application: 'api', version: 'v2' });
  await stack.cloud.advance(30_000);
  const wish = {
    application: 'api',
    capacity: 4,
    at: '2026-11-22T14:00:00Z',
    until: '2026-11-22T16:00:00Z',
  };
  await turn(stack.session, 'StartPrewarm', wish, { format: 'tree' }, context);
  expect(context.exitCode).toBe(exitCodes.inProgress);
});

test('Bad input is a usage error, and an unknown application is refused', async () => {
  const { stack, context } = await setUp();
  const bad = turn(stack.session, 'OpenAccess', { ...ssh, cidr: 'x' }, { format: 'tree' }, context);
  await expect(bad).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(/x is no block of addresses/) as string,
  });
  const unknown = turn(
    stack.session,
    'StartMaintenance',
    { application: 'shop' },
    { format: 'tree' },
    context,
  );
  await expect(unknown).rejects.toMatchObject({ name: 'RefusedEarly' });
});

test('An empty list says that nothing is on', async () => {
  const { terminal, context } = await setUp();
  await listSwitches('api', 'maintenance', { format: 'tree' }, context);
  expect(terminal.outs).toEqual(['Nothing is on, and nothing was within the last week.']);
});
