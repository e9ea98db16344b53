import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import type { Settings } from '../../../lib/application/schema';
import { Table } from '../../../lib/aws/table';
import { type RequestItem, takeTag } from '../../../lib/intake/intake';
import type { PushedTag } from '../../../lib/intake/tagEvent';
import { cloudWithTables, environment } from '../support/tables';
import { now, settingsOf } from '../compensation/fakeContext';

const sfn = mockClient(SFNClient);
beforeEach(() => {
  sfn.reset();
  sfn.on(StartExecutionCommand).resolves({});
});

const settings: Settings = { applications: { api: settingsOf() } };
const tag: PushedTag = { repository: 'acme/api', tag: 'v2', commit: 'c0ffee', pushedAt: now };

const intake = () => {
  const { cloud, dynamodb } = cloudWithTables();
  const requests = new Table<RequestItem>(dynamodb, environment.tables.requests);
  const tools = { requests, sfn: new SFNClient({}), machineArn: 'arn', clock: () => now };
  return {
    take: (given: PushedTag) => cloud.run(() => takeTag(given, settings, tools)),
    refusals: () => cloud.run(async () => (await requests.scan()).flatMap(({ refused }) => refused ?? [])),
  };
};
const starts = () => sfn.commandCalls(StartExecutionCommand).length;

test('A tag is taken once, however often it is reported', async () => {
  const { take, refusals } = intake();
  const first = await take(tag);
  expect(first).toEqual({ started: [expect.stringMatching(/^api-v2-/)] });
  expect(await take({ ...tag, pushedAt: now + 5_000 })).toEqual(first);
  expect(starts()).toBe(1);
  expect(await refusals()).toEqual([]);
});

test.each([
  ['by a new push of the same name', { ...tag, commit: 'beef' }],
  ['by its source', { ...tag, commit: 'beef', moved: true as const }],
])('A tag that was moved, %s, is refused with a record', async (_, moved) => {
  const { take, refusals } = intake();
  await take(tag);
  const taken = await take(moved);
  expect(taken).toEqual({
    refused: expect.stringContaining('was moved to commit beef (it was c0ffee)') as string,
    unmatched: false,
  });
  expect(await refusals()).toEqual([(taken as { refused: string }).refused]);
  expect(starts()).toBe(1);
});

test('A moved tag is refused also if it was never seen before', async () => {
  const { take } = intake();
  expect(await take({ ...tag, moved: true })).toMatchObject({ unmatched: false });
  expect(starts()).toBe(0);
});

test.each([
  ['a tag that no application wants does', 'release-7', true],
  ['a tag that is no version does not', 'v1$(reboot)', false],
])('Intake decides whether a tag waits for unreadable settings: %s', async (_, name, unmatched) => {
  expect(await intake().take({ ...tag, tag: name })).toMatchObject({ unmatched });
});
