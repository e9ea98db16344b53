import { exitCodes } from '../../cli/terminal/exitCodes';
import { changes, savedStack } from './support/commandLine';
import { startTestStack, type TestStack } from './support/testStack';
import { switchesOf } from './support/switches';

const setUp = savedStack(() => startTestStack({ group: { instances: 2, max: 20 } }));

const times = ['--at', '2026-11-22T14:00Z', '--until', '2026-11-22T16:00Z'];
const wish = ['prewarm', 'api', '--capacity', '4', ...times];
const planned = (stack: TestStack): number =>
  Object.keys(stack.region.service('autoscaling').state.scheduledActions).length;

test('The command plans a warm-up once, shows it, and cancels it once; then there is nothing to cancel', async () => {
  const { stack, typed } = await setUp();
  expect((await typed(...wish, '--reason', 'the on-sale')).code).toBe(exitCodes.done);
  const actions = planned(stack);
  const second = await typed(...wish, '--reason', 'the on-sale');
  expect(second.code).toBe(exitCodes.done);
  expect(planned(stack)).toBe(actions);
  expect(await switchesOf(stack)).toHaveLength(1);
  expect((await typed('prewarm', 'api')).out).toMatch(/4 instances from .*the on-sale/);
  const another = await typed('prewarm', 'api', '--capacity', '6', ...times);
  expect([another.code, another.out]).toEqual([exitCodes.rejected, '']);
  expect(another.note).toMatch(/--cancel/);
  expect((await typed('prewarm', 'api', '--cancel')).code).toBe(exitCodes.done);
  const before = changes(stack).length;
  const again = await typed('prewarm', 'api', '--cancel');
  expect([again.code, again.out + again.note]).toEqual([
    exitCodes.done,
    expect.stringMatching(/cancelled|nothing|ended|off/i),
  ]);
  expect(changes(stack)).toHaveLength(before);
});

test.each<[string, string[], number, RegExp]>([
  ['no end', ['prewarm', 'api', '--capacity', '4', '--at', '18:00'], exitCodes.usage, /give --until too/],
  ['a plan to cancel', [...wish, '--cancel'], exitCodes.usage, /--cancel goes with no option/],
  ['half an instance', [...wish, '--capacity', '2.5'], exitCodes.usage, /Expected a whole number/],
  ['no time', [...wish, '--at', 'soon'], exitCodes.usage, /Expected a time such as 18:00/],
  ['the past', [...wish, '--at', '2026-11-01T08:00Z'], exitCodes.rejected, /it would begin at 2026-11-01/],
  ['over the maximum', [...wish, '--capacity', '21'], exitCodes.rejected, /raise it first: aws autoscaling/],
  ['less LCU than AWS reserves', [...wish, '--lcu', '50'], exitCodes.rejected, /100 LCU at least/],
  ['an unknown application', ['prewarm', 'apo', ...wish.slice(2)], exitCodes.rejected, /"api"/],
  ['cancelling for an unknown one', ['prewarm', 'apo', '--cancel'], exitCodes.rejected, /"api"/],
  ['looking at an unknown one', ['prewarm', 'apo'], exitCodes.rejected, /"api"/],
])('The command refuses %s and touches nothing', async (_what, words, code, message) => {
  const { stack, typed } = await setUp();
  const answer = await typed(...words);
  expect([answer.code, answer.out]).toEqual([code, '']);
  expect(answer.note).toMatch(message);
  expect(changes(stack)).toEqual([]);
  expect(await switchesOf(stack)).toEqual([]);
});

test('A warm-up that would not fit is refused with --force as the way, which then plans it', async () => {
  const { stack, typed } = await setUp();
  stack.region.service('servicequotas').grant('ec2', 'L-1216C47A', 4);
  const refused = await typed(...wish);
  expect(refused).toMatchObject({ code: exitCodes.rejected, out: '' });
  expect(refused.note).toMatch(/quota L-1216C47A[^]*--force/);
  expect(changes(stack)).toEqual([]);
  expect((await typed(...wish, '--force')).code).toBe(exitCodes.done);
});
