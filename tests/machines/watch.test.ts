import { CloudWatchClient, GetDashboardCommand, PutDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import { dashboardFacts } from '../../cli/queries/dashboardFacts';
import { putDashboard } from '../../cli/actions/putDashboard';
import { readHealth } from '../../cli/queries/health';
import { findQueue, mappingsOf } from '../../cli/queries/queues';
import { switchMappings } from '../../cli/actions/switchMappings';
import { Table } from '../../lib/aws/table';
import { type FreezeItem, Freezes } from '../../lib/engine/freeze';
import { problemsOf } from '../../lib/health/checks';
import { startTestStack, type TestStack } from './support/testStack';

const health = async ({ session }: TestStack) => {
  const facts = await readHealth(session, process.cwd(), 'production');
  return { facts, problems: problemsOf(facts) };
};

test('Doctor finds a new stack well, also while a deployment runs and after it', async () => {
  const stack = await startTestStack();
  expect((await health(stack)).problems).toEqual([]);
  const arn = await stack.start({ application: 'api', version: 'v2' });
  await stack.cloud.advance(3 * 60_000);
  const { facts, problems } = await health(stack);
  expect(problems).toEqual([]);
  expect([facts.locks.length, facts.open.length, facts.parked.length]).toEqual([1, 1, 1]);
  expect(facts.functions.length).toBeGreaterThan(30);
  await stack.ended(arn);
  expect((await health(stack)).problems).toEqual([]);
});

test('Doctor lists all problems at once, and finds the stack well again when they are repaired', async () => {
  const stack = await startTestStack();
  const { session } = stack;
  const requests = await findQueue(session, 'requests');
  await switchMappings(session, await mappingsOf(session, requests.arn), false);
  const dead = await findQueue(session, 'alarms-dead');
  await session.connect(SQSClient).send(new SendMessageCommand({ QueueUrl: dead.url, MessageBody: '{}' }));
  const freezes = new Freezes(
    new Table<FreezeItem>(session.connect(DynamoDBClient), session.names.locksTable),
  );
  await freezes.freeze({ application: 'api', by: 'ada', reason: 'sale', at: session.now() });
  const { problems } = await health(stack);
  expect(problems.map(({ subject, mend }) => [subject, mend])).toEqual([
    ['queues', 'forseti consumers resume requests --region eu-west-1'],
    [
      'queues',
      'forseti queue peek alarms-dead --region eu-west-1; forseti queue redrive alarms --region eu-west-1',
    ],
    ['freezes', 'forseti unfreeze api --region eu-west-1'],
  ]);
  await switchMappings(session, await mappingsOf(session, requests.arn), true);
  await freezes.unfreeze('api', 'ada', session.now());
  await stack.cloud.advance(60_000);
  expect((await health(stack)).problems.map(({ subject }) => subject)).toEqual(['queues', 'alarms']);
});

const dashboardBody = async ({ session }: TestStack, name: string) =>
  (await session.connect(CloudWatchClient).send(new GetDashboardCommand({ DashboardName: name })))
    .DashboardBody;

test('A dashboard is created once, stays as it is, and changes after a deployment', async () => {
  const stack = await startTestStack({ settings: { rollout: { strategy: 'none' } } });
  const { session } = stack;
  const put = async () => putDashboard(session, await dashboardFacts(session, 'production', 'api'));
  expect(await put()).toMatchObject({ dashboard: 'forseti-production-api-eu-west-1', change: 'created' });
  expect((await put()).change).toBe('unchanged');
  await stack.deploy();
  expect((await put()).change).toBe('changed');
  expect(await dashboardBody(stack, 'forseti-production-api-eu-west-1')).toContain('"label":"v2"');
});

test('A dashboard of an unknown application is refused', async () => {
  const { session } = await startTestStack();
  await expect(dashboardFacts(session, 'production', 'ap')).rejects.toMatchObject({
    name: 'RefusedEarly',
  });
});

test.each([
  ['no JSON', '{'],
  ['no widgets', '{}'],
  ['a widget outside the grid', '{"widgets":[{"type":"text","x":20,"y":0,"width":30,"properties":{}}]}'],
  ['a metric widget without a region', '{"widgets":[{"type":"metric","properties":{"metrics":[]}}]}'],
])('CloudWatch refuses a dashboard with %s', async (_, DashboardBody) => {
  const { session } = await startTestStack();
  const put = session
    .connect(CloudWatchClient)
    .send(new PutDashboardCommand({ DashboardName: 'mine', DashboardBody }));
  await expect(put).rejects.toThrow(/invalid/);
});
