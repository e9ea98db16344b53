import { CloudWatchClient, GetDashboardCommand, PutDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import { dashboardFacts, putDashboard } from '../../cli/queries/dashboards';
import { healthFacts } from '../../cli/queries/health';
import { findQueue, mappingsOf, switchMappings } from '../../cli/queries/queues';
import { Table } from '../../lib/aws/table';
import { type FreezeItem, Freezes } from '../../lib/engine/freeze';
import { problemsOf } from '../../lib/health/checks';
import { raise, type Stage } from './support/stage';

const health = async ({ session }: Stage) => {
  const facts = await healthFacts(session, process.cwd(), 'production');
  return { facts, problems: problemsOf(facts) };
};

describe('doctor', () => {
  test('finds a new stack well, also while a deployment runs and after it', async () => {
    const stage = await raise();
    expect((await health(stage)).problems).toEqual([]);
    const arn = await stage.start({ application: 'api', version: 'v2' });
    await stage.cloud.advance(3 * 60_000);
    const { facts, problems } = await health(stage);
    expect(problems).toEqual([]);
    expect([facts.locks.length, facts.open.length, facts.parked.length]).toEqual([1, 1, 1]);
    expect(facts.functions.length).toBeGreaterThan(30);
    await stage.ended(arn);
    expect((await health(stage)).problems).toEqual([]);
  });

  test('tells all that is wrong at once, and finds it well again when it is mended', async () => {
    const stage = await raise();
    const { session } = stage;
    const requests = await findQueue(session, 'requests');
    await switchMappings(session, await mappingsOf(session, requests.arn), false);
    const dead = await findQueue(session, 'alarms-dead');
    await session.connect(SQSClient).send(new SendMessageCommand({ QueueUrl: dead.url, MessageBody: '{}' }));
    const freezes = new Freezes(
      new Table<FreezeItem>(session.connect(DynamoDBClient), session.names.locksTable),
    );
    await freezes.freeze({ application: 'api', by: 'ada', reason: 'sale', at: session.now() });
    const { problems } = await health(stage);
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
    await stage.cloud.advance(60_000);
    expect((await health(stage)).problems.map(({ subject }) => subject)).toEqual(['queues', 'alarms']);
  });
});

describe('the dashboard', () => {
  const body = async ({ session }: Stage, name: string) =>
    (await session.connect(CloudWatchClient).send(new GetDashboardCommand({ DashboardName: name })))
      .DashboardBody;

  test('is made once, stays as it is, and is changed where something has happened', async () => {
    const stage = await raise({ settings: { rollout: { strategy: 'none' } } });
    const { session } = stage;
    const put = async () => putDashboard(session, await dashboardFacts(session, 'production', 'api'));
    expect(await put()).toMatchObject({ dashboard: 'forseti-production-api-eu-west-1', change: 'created' });
    expect((await put()).change).toBe('unchanged');
    await stage.deploy();
    expect((await put()).change).toBe('changed');
    expect(await body(stage, 'forseti-production-api-eu-west-1')).toContain('"label":"v2"');
  });

  test('of an application that is not known is refused', async () => {
    const { session } = await raise();
    await expect(dashboardFacts(session, 'production', 'ap')).rejects.toMatchObject({
      name: 'RefusedEarly',
    });
  });

  test.each([
    ['no JSON', '{'],
    ['no widgets', '{}'],
    ['a widget outside the grid', '{"widgets":[{"type":"text","x":20,"y":0,"width":30,"properties":{}}]}'],
    ['a metric widget without a region', '{"widgets":[{"type":"metric","properties":{"metrics":[]}}]}'],
  ])('with %s would be refused by CloudWatch', async (_, DashboardBody) => {
    const { session } = await raise();
    const put = session
      .connect(CloudWatchClient)
      .send(new PutDashboardCommand({ DashboardName: 'mine', DashboardBody }));
    await expect(put).rejects.toThrow(/invalid/);
  });
});
