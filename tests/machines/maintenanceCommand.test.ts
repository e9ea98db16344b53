import { exitCodes } from '../../cli/terminal/exitCodes';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changes, savedStack } from './support/commandLine';
import { startTestStack, type TestStack } from './support/testStack';
import { switchesOf } from './support/switches';

const setUp = savedStack(() => startTestStack({ group: { instances: 1 } }));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'forseti-page-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const pageOf = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const ruleCount = (stack: TestStack): number =>
  Object.keys(stack.region.service('elasticloadbalancing').state.rules).length;

test('The command turns the page on once and off once; turning it off again touches nothing', async () => {
  const { stack, typed } = await setUp();
  const without = ruleCount(stack);
  const page = pageOf('page.html', '<h1>Back soon</h1>');
  expect((await typed('maintenance', 'on', 'api', '--page', page)).code).toBe(exitCodes.done);
  const rules = ruleCount(stack);
  expect(rules).toBeGreaterThan(without);
  const shorter = ['maintenance', 'on', 'api', '--for', '30m', '--reason', 'the database moves'];
  expect((await typed(...shorter)).out).toMatch(/on until somebody ends it.*add --shorten\./);
  expect(await typed(...shorter, '--shorten')).toMatchObject({
    code: exitCodes.done,
    note: expect.stringMatching(/advance 30m/) as string,
  });
  expect(ruleCount(stack)).toBe(rules);
  const listed = await typed('maintenance', 'status', 'api', '--format', 'json');
  expect(JSON.parse(listed.out)).toMatchObject([
    { by: stack.session.requestedBy, reason: 'the database moves' },
  ]);
  expect((await typed('maintenance', 'off', 'api')).code).toBe(exitCodes.done);
  expect(ruleCount(stack)).toBe(without);
  const before = changes(stack).length;
  const again = await typed('maintenance', 'off', 'api');
  expect([again.code, again.out + again.note]).toEqual([
    exitCodes.done,
    expect.stringMatching(/off|nothing/i),
  ]);
  expect(changes(stack)).toHaveLength(before);
});

const on = ['maintenance', 'on', 'api'];
test.each<[string, () => string[], number, RegExp]>([
  ['no file', () => [...on, '--page', join(folder, 'none')], exitCodes.usage, /There is no file .*none/],
  ['an empty page', () => [...on, '--page', pageOf('empty', ' \n')], exitCodes.usage, /is empty; expected/],
  [
    'a page too long for the load balancer',
    () => [...on, '--fixed-response', '--page', pageOf('long', 'x'.repeat(1_025))],
    exitCodes.rejected,
    /the page has 1025 bytes/,
  ],
  ['no duration', () => [...on, '--for', 'long'], exitCodes.usage, /Expected a duration such as/],
  ['an empty reason', () => [...on, '--reason', ''], exitCodes.usage, /Expected a reason/],
  ['an unknown application', () => ['maintenance', 'on', 'apo'], exitCodes.rejected, /"api"/],
  ['ending for an unknown one', () => ['maintenance', 'off', 'apo'], exitCodes.rejected, /"api"/],
  ['looking at an unknown one', () => ['maintenance', 'status', 'apo'], exitCodes.rejected, /"api"/],
  ['no application', () => ['maintenance', 'on'], exitCodes.usage, /missing required argument/],
])('The command refuses %s and touches nothing', async (_what, words, code, message) => {
  const { stack, typed } = await setUp();
  const answer = await typed(...words());
  expect([answer.code, answer.out]).toEqual([code, '']);
  expect(answer.note).toMatch(message);
  expect(changes(stack)).toEqual([]);
  expect(await switchesOf(stack)).toEqual([]);
});

test('A fleet without a load balancer is refused, and nothing is touched', async () => {
  const { stack, typed } = await setUp();
  for (const group of Object.values(stack.region.service('elasticloadbalancing').state.targetGroups))
    group.loadBalancerArns = [];
  const answer = await typed(...on);
  expect([answer.code, answer.out]).toEqual([exitCodes.rejected, '']);
  expect(answer.note).toMatch(/no load balancer forwards/);
  expect(changes(stack)).toEqual([]);
});
