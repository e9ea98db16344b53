import { readFileSync } from 'node:fs';
import { parseTagEvent } from '../../../lib/intake/tagEvent';

const envelope = { 'detail-type': 'x', time: '2026-11-22T08:00:00Z' };

test('a tag that CI put on the bus', () => {
  const detail = { repository: 'tickets/api', tag: 'v2', commit: 'c0ffee', pushedBy: 'ada' };
  expect(parseTagEvent(JSON.stringify({ ...envelope, source: 'forseti.ci', detail }))).toEqual({
    ...detail,
    pushedAt: Date.UTC(2026, 10, 22, 8),
  });
});

test("CodeCommit's own event", () => {
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

test.each(['git-tag-pushed', 'codecommit-tag-created'])('the sample events/%s.json is taken', (name) => {
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
])('%s is poison, and so belongs to the dead-letter queue', (_, body) => {
  expect(() => parseTagEvent(body)).toThrow();
});
