import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { exitCodes } from '../../cli/terminal/exitCodes';
import { findQueue } from '../../cli/queries/queues';
import { changes, savedStack } from './support/commandLine';
import { startTestStack } from './support/testStack';

const setUp = savedStack(() => startTestStack({ group: { instances: 1 } }));

/** A period ends at the time of the command. */
const untimed = (out: string): string => out.replace(/T\d\d:\d\d:\d\d\.\d{3}Z/g, '');

test.each<[string, RegExp]>([
  ['status', /api/],
  ['list', /v1 +good/],
  ['history', /no deployments/],
])('The command %s shows in each format, twice alike, and changes nothing', async (name, message) => {
  const { stack, typed } = await setUp();
  for (const format of ['tree', 'plain', 'json']) {
    const first = await typed(name, 'api', '--format', format);
    expect([first.code, first.note]).toEqual([exitCodes.done, '']);
    if (format === 'tree') expect(first.out).toMatch(message);
    if (format === 'json') expect(JSON.parse(first.out)).toBeTruthy();
    const second = await typed(name, 'api', '--format', format);
    expect({ ...second, out: untimed(second.out) }).toEqual({ ...first, out: untimed(first.out) });
  }
  expect(changes(stack)).toEqual([]);
});

test.each<[string, string[], number, RegExp]>([
  ['status of an unknown application', ['status', 'apo'], exitCodes.rejected, /"api"/],
  ['list of an unknown one', ['list', 'apo'], exitCodes.rejected, /"api"/],
  ['history of an unknown one', ['history', 'apo'], exitCodes.rejected, /"api"/],
  ['no time', ['history', '--since', 'x'], exitCodes.usage, /--since x is no time in the past; expected/],
  ['the future', ['history', '--since', '2027-01-01'], exitCodes.usage, /no time in the past/],
  ['an unknown format', ['list', '--format', 'xml'], exitCodes.usage, /tree, json, plain/],
  ['an argument too many', ['doctor', 'api'], exitCodes.usage, /too many arguments/],
])('The command refuses %s and touches nothing', async (_what, words, code, message) => {
  const { stack, typed } = await setUp();
  const answer = await typed(...words);
  expect([answer.code, answer.out]).toEqual([code, '']);
  expect(answer.note).toMatch(message);
  expect(changes(stack)).toEqual([]);
});

test('Doctor reports that all is well, or each problem with its repair and exit code 1, twice alike', async () => {
  const { stack, typed } = await setUp();
  const well = await typed('doctor', '--format', 'json');
  const none = expect.stringMatching(/^v1 is its only version yet/) as string;
  const waysBack = [{ application: 'api', none, passedOver: [], problems: [] }];
  expect([well.code, JSON.parse(well.out)]).toEqual([
    exitCodes.done,
    { well: true, problems: [], waysBack, notes: [] },
  ]);
  const { url } = await findQueue(stack.session, 'waiting-dead');
  await stack.session.connect(SQSClient).send(new SendMessageCommand({ QueueUrl: url, MessageBody: '{}' }));
  const before = changes(stack).length;
  const ill = await typed('doctor');
  expect(ill.code).toBe(exitCodes.unexpected);
  expect(ill.out).toMatch(/✖ .*waiting-dead[^]*forseti queue/);
  // The queue's alarm may be in ALARM by now.
  const again = await typed('doctor');
  expect([again.code, again.out.startsWith(ill.out)]).toEqual([ill.code, true]);
  expect(changes(stack)).toHaveLength(before);
});

// This test is last: its other calls are still on their way when the command refuses.
test('The status of a group that is gone names it, with exit code 2', async () => {
  const { stack, typed } = await setUp();
  delete stack.region.service('autoscaling').state.groups.api;
  const { code, out, note } = await typed('status', 'api');
  expect([code, out]).toEqual([exitCodes.usage, '']);
  expect(note).toMatch(/name the Auto Scaling group api, which does not exist in eu-west-1/);
});
