import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { checkVersion } from '../../../lib/application/version';
import type { Table } from '../../../lib/aws/table';
import { deployRequestSchema } from '../../../lib/deployment/request';
import { type RequestItem, takeTag } from '../../../lib/intake/intake';
import { parseTagEvent, type PushedTag } from '../../../lib/intake/tagEvent';
import { settingsOf } from '../compensation/fakeContext';

/** The machine's inputs for a tag that every application wants. */
const inputsOf = async (tag: PushedTag): Promise<unknown[]> => {
  const sfn = mockClient(SFNClient);
  sfn.on(StartExecutionCommand).resolves({});
  const requests = {
    put: () => Promise.resolve({ done: true }),
    update: () => Promise.resolve({ done: true }),
  } as unknown as Table<RequestItem>;
  await takeTag(
    tag,
    { applications: { api: settingsOf({ tags: { pattern: '.*' } }) } },
    { requests, sfn: new SFNClient({}), machineArn: 'arn', clock: () => 0 },
  );
  return sfn
    .commandCalls(StartExecutionCommand)
    .map(({ args }) => JSON.parse(args[0].input.input ?? '') as unknown);
};

const envelope = { 'detail-type': 'x', time: '2026-11-22T08:00:00Z' };

test('A tag that CI put on the bus is read', () => {
  const detail = { repository: 'tickets/api', tag: 'v2', commit: 'c0ffee', pushedBy: 'ada' };
  expect(parseTagEvent(JSON.stringify({ ...envelope, source: 'forseti.ci', detail }))).toEqual({
    ...detail,
    pushedAt: Date.UTC(2026, 10, 22, 8),
  });
});

test("CodeCommit's own event is read", () => {
  const detail = {
    event: 'referenceCreated',
    referenceType: 'tag',
    referenceName: 'v2',
    repositoryName: 'api',
    commitId: 'c0ffee',
    callerUserArn: 'arn:aws:iam::111122223333:user/ada',
  };
  expect(parseTagEvent(JSON.stringify({ ...envelope, source: 'aws.codecommit', detail }))).toEqual({
    repository: 'api',
    tag: 'v2',
    commit: 'c0ffee',
    pushedBy: 'arn:aws:iam::111122223333:user/ada',
    pushedAt: Date.UTC(2026, 10, 22, 8),
  });
});

test.each(['git-tag-pushed', 'codecommit-tag-created'])('The sample event events/%s.json is read', (name) => {
  expect(parseTagEvent(readFileSync(`events/${name}.json`, 'utf8')).tag).toMatch(/^v/);
});

test.each([
  ['no JSON', '{'],
  ['another source', JSON.stringify({ ...envelope, source: 'aws.ec2', detail: {} })],
  [
    'a branch',
    JSON.stringify({
      ...envelope,
      source: 'aws.codecommit',
      detail: {
        event: 'referenceCreated',
        referenceType: 'branch',
        referenceName: 'main',
        repositoryName: 'api',
        commitId: 'c',
      },
    }),
  ],
  [
    'a deleted tag',
    JSON.stringify({
      ...envelope,
      source: 'aws.codecommit',
      detail: {
        event: 'referenceDeleted',
        referenceType: 'tag',
        referenceName: 'v2',
        repositoryName: 'api',
        commitId: 'c',
      },
    }),
  ],
  [
    'a tag without its commit',
    JSON.stringify({ ...envelope, source: 'forseti.ci', detail: { repository: 'api', tag: 'v2' } }),
  ],
])('The message is poison, and so belongs to the dead-letter queue: %s', (_, body) => {
  expect(() => parseTagEvent(body)).toThrow();
});

test('A CodeCommit tag that was moved is marked as moved', () => {
  const created = JSON.parse(readFileSync('events/codecommit-tag-created.json', 'utf8')) as {
    detail: object;
  };
  const moved = { ...created, detail: { ...created.detail, event: 'referenceUpdated' } };
  expect(parseTagEvent(JSON.stringify(moved)).moved).toBe(true);
  expect(parseTagEvent(JSON.stringify(created))).not.toHaveProperty('moved');
});

test('Every tag that is read makes a request that the machine takes, if it is a version', async () => {
  const text = fc.oneof(fc.constantFrom('', ' ', 'v1.4.2', 'ada'), fc.string({ maxLength: 400 }));
  const detail = fc.record(
    { repository: text, tag: text, commit: text, pushedBy: text },
    { requiredKeys: ['repository', 'tag', 'commit'] },
  );
  await fc.assert(
    fc.asyncProperty(detail, async (given) => {
      let tag: PushedTag;
      try {
        tag = parseTagEvent(JSON.stringify({ ...envelope, source: 'forseti.ci', detail: given }));
      } catch {
        return;
      }
      const inputs = await inputsOf({ ...tag, tag: checkVersion(tag.tag) === undefined ? tag.tag : 'v1' });
      expect(inputs).toHaveLength(1);
      for (const input of inputs)
        expect(deployRequestSchema.safeParse(input).error?.issues ?? []).toEqual([]);
    }),
  );
});
