import { readFileSync } from 'node:fs';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { Table } from '../../lib/aws/table';
import type { RequestItem } from '../../lib/intake/intake';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

interface Sample {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}
const sample = (name: string): Sample => JSON.parse(readFileSync(`events/${name}.json`, 'utf8')) as Sample;
const minute = 60_000;

/** PutEvents refuses AWS's own events, so the region publishes them itself, as AWS would. */
const emit = ({ region }: TestStack, { source, 'detail-type': detailType, detail }: Sample): void => {
  region.publish({ source, detailType, detail });
};
const names = async (stack: TestStack): Promise<string[]> =>
  (await stack.executionArns()).map((arn) => arn.slice(arn.lastIndexOf(':') + 1)).sort();
const requests = (stack: TestStack): Promise<RequestItem[]> =>
  new Table<RequestItem>(stack.session.connect(DynamoDBClient), 'forseti-production-requests').scan();
/** A fleet on which every deployment is refused quickly, since only the start matters here. */
const quick: TestStackOptions = { group: { instances: 1 } };

test.each(['git-tag-pushed', 'codecommit-tag-created'])(
  'The event of events/%s.json starts the machine under its business name',
  async (name) => {
    const stack = await startTestStack(quick);
    emit(stack, sample(name));
    await stack.cloud.advance(minute);
    const [execution, ...others] = await stack.executionArns();
    expect(others).toEqual([]);
    const ended = await stack.ended(execution ?? '');
    expect(ended.arn).toMatch(/:api-v[0-9_]+-[0-9a-f]{12}$/);
    expect(ended.outcome).toBe('Rejected');
    const [request] = (await requests(stack)).filter((item) => item.execution !== undefined);
    expect(request).toMatchObject({
      application: 'api',
      execution: ended.arn.slice(ended.arn.lastIndexOf(':') + 1),
    });
  },
);

test('A tag that is reported three times is deployed once', async () => {
  const stack = await startTestStack(quick);
  const pushed = sample('git-tag-pushed');
  emit(stack, pushed);
  emit(stack, pushed);
  await stack.cloud.advance(minute);
  emit(stack, pushed);
  await stack.cloud.advance(minute);
  expect(await names(stack)).toHaveLength(1);
});

test('An event that EventBridge doubles, and a message that SQS doubles, start one execution', async () => {
  const stack = await startTestStack({
    ...quick,
    faults: { event: () => [0, 700], message: () => [0, 1_500] },
  });
  emit(stack, sample('git-tag-pushed'));
  await stack.cloud.advance(5 * minute);
  expect(await names(stack)).toHaveLength(1);
});

test('An intake that dies after its effect and before its answer starts one execution', async () => {
  const stack = await startTestStack({
    ...quick,
    faults: {
      invocation: ({ functionName, count }) =>
        functionName.endsWith('-Intake') && count === 0 ? 'after' : undefined,
    },
  });
  emit(stack, sample('git-tag-pushed'));
  await stack.cloud.advance(15 * minute);
  expect(await names(stack)).toHaveLength(1);
});

test('A tag that matches no application is recorded and ignored', async () => {
  const stack = await startTestStack({ ...quick, settings: { tags: { pattern: '^release-' } } });
  emit(stack, sample('git-tag-pushed'));
  await stack.cloud.advance(minute);
  expect(await names(stack)).toEqual([]);
  expect((await requests(stack))[0]?.refused).toMatch(/matches no application; known are api \(\^release-\)/);
});

test('A tag that is no valid version is recorded and refused', async () => {
  const stack = await startTestStack({ ...quick, settings: { tags: { pattern: '.*' } } });
  const pushed = sample('git-tag-pushed');
  emit(stack, { ...pushed, detail: { ...pushed.detail, tag: 'v1$(reboot)' } });
  await stack.cloud.advance(minute);
  expect(await names(stack)).toEqual([]);
  expect((await requests(stack))[0]?.refused).toMatch(/no version that can be deployed/);
});

test('Of two tags pushed within one second the higher version is taken, whichever comes first', async () => {
  const stack = await startTestStack(quick);
  const pushedAt = stack.cloud.now();
  const one = await stack.deploy({ application: 'api', version: 'v3', pushedAt }, 'one');
  const other = await stack.deploy({ application: 'api', version: 'v2', pushedAt }, 'other');
  expect([one.outcome, one.path.includes('Preflight')]).toEqual(['Rejected', true]);
  expect([other.outcome, other.end?.message]).toEqual([
    'Superseded',
    expect.stringMatching(
      /accepted already is one, the higher version of two that were pushed in the same second/,
    ),
  ]);
  const last = await stack.deploy({ application: 'api', version: 'v4', pushedAt }, 'last');
  expect([last.outcome, last.path.includes('Preflight')]).toEqual(['Rejected', true]);
});

test("Another application's broken settings keep no tag from being deployed, and a tag that may be meant for it waits", async () => {
  const stack = await startTestStack(quick);
  const ssm = stack.session.connect(SSMClient);
  const Name = '/forseti/production/applications/web';
  await ssm.send(new PutParameterCommand({ Name, Value: '{"group": 7}', Type: 'String' }));
  emit(stack, sample('git-tag-pushed'));
  await stack.cloud.advance(60 * minute);
  expect(await names(stack)).toHaveLength(1);
  const dead = () => {
    const queues = Object.entries(stack.region.service('sqs').state.queues);
    return JSON.stringify(queues.find(([name]) => name.includes('requests-dead')));
  };
  expect(dead()).not.toContain('acme');
  const pushed = sample('git-tag-pushed');
  emit(stack, { ...pushed, detail: { ...pushed.detail, repository: 'acme/web', tag: 'web-7' } });
  await stack.cloud.advance(60 * minute);
  expect(dead()).toContain('acme/web');
});

test('A tag that was moved in CodeCommit is recorded and refused', async () => {
  const stack = await startTestStack(quick);
  const created = sample('codecommit-tag-created');
  emit(stack, { ...created, detail: { ...created.detail, event: 'referenceUpdated' } });
  await stack.cloud.advance(minute);
  expect(await names(stack)).toEqual([]);
  expect((await requests(stack)).map(({ refused }) => refused).join('')).toMatch(/was moved to commit/);
});

test('A branch in CodeCommit starts nothing', async () => {
  const stack = await startTestStack(quick);
  const created = sample('codecommit-tag-created');
  emit(stack, { ...created, detail: { ...created.detail, referenceType: 'branch' } });
  await stack.cloud.advance(minute);
  expect(await names(stack)).toEqual([]);
});

test('An unreadable message ends in the dead-letter queue', async () => {
  const stack = await startTestStack(quick);
  const pushed = sample('git-tag-pushed');
  emit(stack, { ...pushed, detail: { repository: 'acme/api' } });
  await stack.cloud.advance(60 * minute);
  const queues = Object.entries(stack.region.service('sqs').state.queues);
  const [, dead] = queues.find(([name]) => name.includes('requests-dead')) ?? [];
  expect(JSON.stringify(dead)).toContain('acme/api');
  expect(await names(stack)).toEqual([]);
});

test('A tag that a newer one overtook ends as Superseded, before it touches anything', async () => {
  const stack = await startTestStack(quick);
  const at = stack.cloud.now();
  const newer = await stack.deploy({ application: 'api', version: 'v3', pushedAt: at }, 'newer');
  const older = await stack.deploy({ application: 'api', version: 'v2', pushedAt: at - minute }, 'older');
  expect(newer.outcome).toBe('Rejected');
  expect(older.outcome).toBe('Superseded');
  expect(older.path).toEqual(['Accept', 'Close', 'Unlock', 'Outcome', 'Superseded']);
  expect(older.end?.message).toMatch(/forseti deploy api v2/);
});

test('A tag that is dated in the future counts as pushed now, and holds no later tag up', async () => {
  const stack = await startTestStack(quick);
  const pushedAt = stack.cloud.now() + 365 * 24 * 60 * minute;
  await stack.deploy({ application: 'api', version: 'v3', pushedAt }, 'ahead');
  await stack.cloud.advance(minute);
  const next = await stack.deploy({ application: 'api', version: 'v4', pushedAt: stack.cloud.now() }, 'next');
  expect([next.outcome, next.path.includes('Preflight')]).toEqual(['Rejected', true]);
});

test('A time that lies in the future by what is stored holds no tag up', async () => {
  const stack = await startTestStack(quick);
  const ahead = stack.cloud.now() + 24 * 60 * minute;
  await stack.dynamodb.send(
    new PutItemCommand({
      TableName: 'forseti-production-requests',
      Item: { key: { S: 'latest#api' }, pushedAt: { N: String(ahead) }, deployment: { S: 'ahead' } },
    }),
  );
  const next = await stack.deploy({ application: 'api', version: 'v4', pushedAt: stack.cloud.now() }, 'next');
  expect([next.outcome, next.path.includes('Preflight')]).toEqual(['Rejected', true]);
});

test('A person may deploy an older version again', async () => {
  const stack = await startTestStack(quick);
  await stack.deploy({ application: 'api', version: 'v3', pushedAt: stack.cloud.now() }, 'newer');
  expect((await stack.deploy({ application: 'api', version: 'v2' }, 'older')).outcome).toBe('Rejected');
});
