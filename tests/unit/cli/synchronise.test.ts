import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { findQueue, mappingsOf } from '../../../cli/queries/queues';
import { switchMappings } from '../../../cli/actions/switchMappings';
import { queueUrlOf, sessionIn } from '../../../cli/queries/regions';
import { type SynchroniseOptions, synchroniseRegions } from '../../../cli/actions/synchroniseRegions';
import { isComplete, synchroniseRows } from '../../../cli/views/synchroniseView';
import { DynamoDbSpool, DynamoDbStore } from '@forseti/messaging';
import { outagesOf } from '@forseti/embedded-cloud';
import { startTestStack } from '../../machines/support/testStack';

const [home, standby] = ['eu-west-1', 'eu-central-1'] as const;
const asked = { queue: 'requests', spools: [], dryRun: false, withinMs: 60_000 };

/** Two regions with paused consumers, so that messages that are sent on can be read. */
const open = async () => {
  const stack = await startTestStack({ group: { instances: 1 }, cloud: { regions: [home, standby] } });
  const { session, cloud } = stack;
  for (const region of [home, standby]) {
    const place = sessionIn(session, region);
    const { arn } = await findQueue(place, 'requests');
    await switchMappings(place, await mappingsOf(place, arn), false);
  }
  await cloud.advance(10_000);
  const bury = (region: string, body: string, id?: string) =>
    session.connectIn(region, SQSClient).send(
      new SendMessageCommand({
        QueueUrl: queueUrlOf(session, 'requests-dead')(region),
        MessageBody: body,
        ...(id !== undefined && {
          MessageAttributes: { ForsetiMessageId: { DataType: 'String', StringValue: id } },
        }),
      }),
    );
  const visible = (region: string, name: string): number =>
    cloud.region(region).service('sqs').count(`forseti-production-${name}`).visible;
  const makeTable = (region: string, name: string) =>
    session.connectIn(region, DynamoDBClient).send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    );
  /** Runs in the cloud's virtual time. The clients try a region that is down only once. */
  const together = (options: SynchroniseOptions) =>
    cloud.run(() =>
      synchroniseRegions(
        {
          ...session,
          connect: (Class) => cloud.connect(home)(Class, { maxAttempts: 1 }),
          connectIn: (region, Class) => cloud.connect(region)(Class, { maxAttempts: 1 }),
        },
        options,
      ),
    );
  return { ...stack, bury, visible, makeTable, together };
};

test('Dead letters and spools of both regions go to the active one, except what a consumer has done; what was done twice is reported', async () => {
  const { session, bury, visible, makeTable, together } = await open();
  for (const name of ['spool', 'marks']) await makeTable(home, name);
  await makeTable(standby, 'spool');
  const tables = session.connectIn(home, DynamoDBClient);
  await new DynamoDbSpool(session.connectIn(standby, DynamoDBClient), 'spool').put({
    message: { id: 'spooled-1', body: 'spooled' },
    spooledAt: session.now(),
  });
  const marks = new DynamoDbStore({ client: tables, tableName: 'marks', promise: 'within-region' });
  const claim = (owner: string, now: number) =>
    marks.begin({ id: 'intake/dead-1', owner, now, heldUntil: now + 1_000 });
  const now = session.now();
  const [slow, successor] = [await claim('a', now), await claim('b', now + 1_000)];
  if (slow.state !== 'taken' || successor.state !== 'taken') throw new Error('The message is not free.');
  const done = { now: now + 1_500, keptUntil: now + 86_400_000 };
  await expect(marks.finish(slow.lease, done)).rejects.toMatchObject({ name: 'LeaseLost' });
  await marks.finish(successor.lease, done);
  await bury(home, 'dead', 'dead-1');
  await bury(home, 'dead', 'dead-2');
  await bury(standby, 'dead');

  const options = { ...asked, spools: ['spool'], marks: { table: 'marks', consumer: 'intake' } };
  const looked = await together({ ...options, dryRun: true });
  expect(looked).toMatchObject({ spool: { found: 1, replayed: 0 }, deadLetters: { found: 3, replayed: 0 } });
  expect([visible(home, 'requests'), visible(home, 'requests-dead')]).toEqual([0, 2]);

  const report = await together(options);
  expect(report).toMatchObject({
    queue: 'forseti-production-requests',
    active: home,
    before: [
      { region: home, deadLetters: { visible: 2 } },
      { region: standby, deadLetters: { visible: 1 } },
    ],
    spool: { found: 1, replayed: 1, kept: [] },
    deadLetters: { found: 3, replayed: 2, doneAlready: 1, kept: [] },
    after: [
      { region: home, queue: { visible: 3 }, deadLetters: { visible: 0 } },
      { region: standby, queue: { visible: 0 }, deadLetters: { visible: 0 } },
    ],
    doneTwice: [{ id: 'intake/dead-1', times: 1 }],
  });
  expect(isComplete(report)).toBe(true);
  expect(synchroniseRows(report, false)).toContainEqual([
    'dead letters',
    '3 found',
    '2 sent',
    '1 done already, 0 stay',
  ]);
  expect(synchroniseRows(report, false)).toContainEqual(['done twice', 'intake/dead-1', '1 times too often']);
});

test('A region that is down is reported, and its messages come over later', async () => {
  const { cloud, bury, visible, together } = await open();
  await bury(home, 'dead at home');
  await bury(standby, 'dead at standby');
  const before = cloud.faults;
  cloud.faults = {
    ...before,
    ...outagesOf([{ region: standby, from: cloud.now(), until: cloud.now() + 86_400_000 }]),
  };
  const report = await together(asked);
  expect(report).toMatchObject({
    before: [{ region: home }, { region: standby, error: expect.any(String) as string }],
    deadLetters: { found: 1, replayed: 1 },
  });
  expect(isComplete(report)).toBe(false);
  expect(synchroniseRows(report, false)).toContainEqual([
    'before',
    standby,
    'did not answer',
    expect.any(String),
  ]);
  cloud.faults = before;
  expect(await together(asked)).toMatchObject({ deadLetters: { found: 1, replayed: 1 } });
  expect(visible(home, 'requests')).toBe(2);
});

test('The time of a synchronisation is limited: what is left is reported, and stays', async () => {
  const { bury, visible, together } = await open();
  await bury(home, 'dead');
  const report = await together({ ...asked, withinMs: 0 });
  expect(report.left).toEqual({ spooled: 0, deadLetters: 1 });
  expect(isComplete(report)).toBe(false);
  expect(synchroniseRows(report, false).at(-1)).toEqual([
    'time ran out',
    '0 spooled left',
    '1 dead letters left',
    'run it again',
  ]);
  expect(visible(home, 'requests-dead')).toBe(1);
});

test('Alarms are not moved between regions, and a missing queue is reported', async () => {
  const { together } = await open();
  await expect(together({ ...asked, queue: 'alarms' })).rejects.toThrow(
    /belongs to its own region.*forseti queue redrive alarms --region/,
  );
  await expect(together({ ...asked, queue: 'events-dead' })).rejects.toThrow(
    /came from no queue.*forseti queue peek events-dead --region/,
  );
  await expect(together({ ...asked, queue: 'orders' })).rejects.toThrow(/There is no queue orders/);
});
