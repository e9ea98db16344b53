import { AwsError } from '@forseti/embedded-cloud';
import { exitCodes } from '../../cli/terminal/exitCodes';
import { minuteMs } from './support/acts';
import { changes, savedStack } from './support/commandLine';
import { startTestStack, type TestStack } from './support/testStack';

const setUp = savedStack(async () => {
  const stack = await startTestStack({
    group: { instances: 1 },
    settings: {
      strategy: 'golden-instance',
      rollout: { strategy: 'instance-refresh', bakeMinutes: 0 },
      image: { keep: 5 },
    },
  });
  for (const version of ['v2', 'v3', 'v4'])
    expect((await stack.deploy({ application: 'api', version }, `to-${version}`)).outcome).toBe('Deployed');
  await stack.cloud.advance(2 * minuteMs);
  return stack;
});

const images = (stack: TestStack) => Object.keys(stack.region.service('ec2').state.images).length;
const clean = ['clean', 'api', '--keep', '2'];

test('A dry run deletes nothing, the next run deletes what it listed, and the one after that nothing; all end well', async () => {
  const { stack, typed } = await setUp();
  const before = images(stack);
  const dry = await typed(...clean, '--dry-run');
  expect(dry.code).toBe(exitCodes.done);
  expect(dry.out).toMatch(/would delete image ami-\w+ in eu-west-1/);
  expect(changes(stack)).toEqual([]);
  const done = await typed(...clean, '--reason', 'costs');
  expect(done.code).toBe(exitCodes.done);
  expect(done.out).toContain(dry.out.match(/would delete (image .*)/)?.[1]);
  expect(images(stack)).toBe(before - 1);
  const touched = changes(stack).length;
  const again = await typed('clean', '--keep', '2', '--format', 'json');
  expect(again.code).toBe(exitCodes.done);
  expect(JSON.parse(again.out)).toMatchObject({ done: true, cleaned: [{ application: 'api', deleted: [] }] });
  expect(changes(stack)).toHaveLength(touched);
  expect((await typed('list', 'api')).out).toMatch(/v2 .* cleaned .*\(costs\)/);
});

test('While a deployment has the fleet, the command deletes nothing, ends with exit code 6, and names the deployment', async () => {
  const { stack, typed } = await setUp();
  await stack.start({ application: 'api', version: 'v5' }, 'to-v5');
  await stack.cloud.advance(30_000);
  const before = images(stack);
  const { code, note } = await typed(...clean);
  expect([code, note]).toEqual([
    exitCodes.inProgress,
    expect.stringMatching(/to-v5 has the fleet; clean again/),
  ]);
  expect(images(stack)).toBe(before);
});

test('What AWS does not delete is reported with exit code 3, and is deleted the next time', async () => {
  const { stack, typed } = await setUp();
  stack.cloud.faults = {
    call: ({ action }) =>
      action === 'DeregisterImage'
        ? { before: new AwsError('OperationNotPermitted', 'protected', { statusCode: 400 }) }
        : undefined,
  };
  const failed = await typed(...clean);
  expect(failed.code).toBe(exitCodes.rejected);
  expect(failed.out).toMatch(/failed image ami-\w+ in eu-west-1: OperationNotPermitted: protected/);
  expect(failed.note).toMatch(/1 could not be deleted/);
  const before = images(stack);
  stack.cloud.faults = {};
  expect((await typed(...clean)).code).toBe(exitCodes.done);
  expect(images(stack)).toBe(before - 1);
});

test.each<[string, string[], number, RegExp]>([
  ['to keep none', ['clean', 'api', '--keep', '0'], exitCodes.usage, /Expected a number from 1 to 100/],
  ['an empty reason', [...clean, '--reason', ''], exitCodes.usage, /Expected a reason/],
  ['an unknown application', ['clean', 'apo'], exitCodes.rejected, /"api"/],
  ['a misspelt option', ['clean', 'api', '--dry-runs'], exitCodes.usage, /Did you mean --dry-run/],
])('The command refuses %s and touches nothing', async (_what, words, code, message) => {
  const { stack, typed } = await setUp();
  const answer = await typed(...words);
  expect([answer.code, answer.out]).toEqual([code, '']);
  expect(answer.note).toMatch(message);
  expect(changes(stack)).toEqual([]);
});
