import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Cloud, type CloudOptions } from '../../src/cloud/cloud';
import { AwsError } from '../../src/core/errors';
import { outagesOf, type Faults, type OutagePlan } from '../../src/core/faults';

const minute = 60_000;
const [home, standby] = ['eu-west-1', 'eu-central-1'] as const;
const roleArn = 'arn:aws:iam::111122223333:role/consume';

/** Writes an item for each message. */
const code = `
const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');
const client = new DynamoDBClient({});
exports.handler = async ({ Records }) => {
  for (const { body, messageId } of Records)
    await client.send(new PutItemCommand({ TableName: 'effects', Item: { id: { S: body } } }));
  return { batchItemFailures: [] };
};`;

const make = (options: CloudOptions = {}) => {
  const cloud = Cloud.make({ regions: [home, standby], ...options });
  cloud.roles[roleArn] = {
    name: 'consume',
    policies: [{ Statement: [{ Effect: 'Allow', Action: ['sqs:*', 'dynamodb:*'], Resource: '*' }] }],
  };
  const urls = [home, standby].map((name) => {
    const region = cloud.region(name);
    region.service('dynamodb').createTable({
      TableName: 'effects',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    });
    const lambda = region.service('lambda');
    lambda.loadCode({ 'functions/consume': { file: 'functions/consume.cjs', text: code } });
    lambda.add({
      functionName: 'consume',
      handler: 'functions/consume.handler',
      timeoutSeconds: 10,
      memoryMb: 128,
      environment: {},
      roleArn,
    });
    const sqs = region.service('sqs');
    const url = sqs.createQueue({ name: 'work', visibilityTimeoutSeconds: 60 });
    sqs.createMapping({
      queueArn: region.arn('sqs', 'work'),
      functionName: 'consume',
      roleArn,
      batchSize: 10,
      windowSeconds: 0,
      reportsItemFailures: true,
      maximumConcurrency: 5,
      enabled: true,
    });
    return [name, url] as const;
  });
  const send = (name: string, MessageBody: string) =>
    cloud.run(
      () =>
        cloud
          .connect(name)(SQSClient, { maxAttempts: 1 })
          .send(new SendMessageCommand({ QueueUrl: Object.fromEntries(urls)[name], MessageBody })),
      10 * minute,
    );
  const effects = (name: string) =>
    Object.keys(cloud.region(name).service('dynamodb').state.tables.effects?.partitions ?? {});
  const left = (name: string) => cloud.region(name).service('sqs').count('work');
  const invocations = (name: string) => cloud.region(name).service('lambda').state.invocations.consume ?? 0;
  return { cloud, send, effects, left, invocations };
};

const during = (cloud: Cloud, plan: Partial<OutagePlan> = {}): Faults =>
  outagesOf([{ region: home, from: cloud.now(), until: cloud.now() + 10 * minute, ...plan }]);

describe('While a region is down', () => {
  test('Its calls are refused with 503, have no effect, and the other regions work', async () => {
    const { cloud, send, left, effects } = make();
    cloud.faults = during(cloud);
    await expect(send(home, 'a')).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      $metadata: { httpStatusCode: 503 },
    });
    await send(standby, 'b');
    await cloud.advance(minute);
    expect(effects(standby)).toEqual(['S:b']);
    expect(left(home).visible).toBe(0);
    expect(cloud.calls.list[0]).toMatchObject({ action: 'SendMessage', error: 'ServiceUnavailable' });
  });

  test('Its calls have no answer where it is silent, and the caller’s time-out ends them', async () => {
    const { cloud, left } = make();
    cloud.faults = during(cloud, { manner: 'silent' });
    const client = cloud.connect(home)(SQSClient);
    const started = cloud.now();
    await expect(
      cloud.run(() =>
        client.send(new SendMessageCommand({ QueueUrl: 'https://sqs/work', MessageBody: 'a' }), {
          abortSignal: AbortSignal.timeout(2000),
        }),
      ),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(cloud.now() - started).toBe(2000);
    expect(left(home).visible).toBe(0);
  });

  test('Its mappings stand still, and go on afterwards with all that lay in the queue', async () => {
    const { cloud, send, left, effects, invocations } = make();
    for (const body of ['a', 'b', 'c']) await send(home, body);
    const before = effects(home).length;
    cloud.faults = outagesOf([
      { region: home, from: cloud.now(), until: cloud.now() + 10 * minute, services: ['sqs', 'lambda'] },
    ]);
    await cloud.advance(9 * minute);
    const waiting = left(home);
    expect(waiting.visible + waiting.notVisible).toBe(3 - before);
    await cloud.advance(3 * minute);
    expect(effects(home).sort()).toEqual(['S:a', 'S:b', 'S:c']);
    expect(left(home)).toEqual({ visible: 0, notVisible: 0, delayed: 0 });
    expect(invocations(home)).toBeGreaterThan(0);
  });

  test('A mapping polls nothing though Lambda alone is down', async () => {
    const { cloud, send, effects, left } = make();
    cloud.faults = during(cloud, { services: ['lambda'] });
    await send(home, 'a');
    await cloud.advance(5 * minute);
    expect(left(home).visible).toBe(1);
    await cloud.advance(6 * minute);
    expect(effects(home)).toEqual(['S:a']);
  });

  test('An outage without an end is over as soon as the plan is taken back', async () => {
    const { cloud, send, effects } = make();
    await send(home, 'a');
    cloud.faults = during(cloud, { until: Infinity });
    await cloud.advance(60 * minute);
    cloud.faults = {};
    await cloud.advance(2 * minute);
    expect(effects(home)).toEqual(['S:a']);
  });

  test('A rule tries its target again until the queue takes the event', async () => {
    const { cloud, effects } = make();
    const region = cloud.region(home);
    const queue = region.service('sqs').queue('work');
    if (queue)
      queue.policy = [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: '*',
        },
      ];
    region.service('events').createRule({
      name: 'tags',
      enabled: true,
      targets: [{ Id: 'queue', Arn: region.arn('sqs', 'work'), Input: '"event"' }],
      pattern: { source: ['git'] },
    });
    cloud.faults = during(cloud, { services: ['sqs'] });
    const event = { Source: 'git', DetailType: 'Git Tag Pushed', Detail: {} };
    await cloud.run(() => cloud.putEvent(home, event));
    await cloud.advance(5 * minute);
    expect(effects(home)).toEqual([]);
    await cloud.advance(20 * minute);
    expect(effects(home)).toEqual(['S:"event"']);
  });
});

describe('Nothing is lost', () => {
  test('Of what a topic or a function’s destination sends while the queue’s service is down', async () => {
    const { cloud, effects } = make();
    cloud.faults = during(cloud, { services: ['sqs'] });
    cloud.region(home).service('sqs').send('arn:aws:sqs:eu-west-1:111122223333:work', 'given up');
    await cloud.advance(9 * minute);
    expect(effects(home)).toEqual([]);
    await cloud.advance(2 * minute);
    expect(effects(home)).toEqual(['S:given up']);
  });

  test.each(['before', 'after', 'hang'] as const)(
    'When a consumer dies %s: the message comes back',
    async (fault) => {
      const { cloud, send, effects, invocations, left } = make();
      cloud.faults = { invocation: ({ count }) => (count === 0 ? fault : undefined) };
      await send(home, 'a');
      await cloud.advance(50_000);
      expect(effects(home)).toEqual(fault === 'before' ? [] : ['S:a']);
      expect(left(home).notVisible).toBe(1);
      await cloud.advance(minute);
      expect(invocations(home)).toBe(2);
      expect(effects(home)).toEqual(['S:a']);
      expect(left(home)).toEqual({ visible: 0, notVisible: 0, delayed: 0 });
    },
  );

  test('When an answer is lost after the effect: the sender may send again, and the queue holds both', async () => {
    const { cloud, left, effects } = make();
    cloud.faults = {
      call: ({ service, count }) =>
        service === 'sqs' && count === 0
          ? { after: new AwsError('ServiceUnavailable', 'lost', { statusCode: 503 }) }
          : undefined,
      invocation: () => 'before',
    };
    const client = cloud.connect(home)(SQSClient);
    const send = new SendMessageCommand({ QueueUrl: 'https://sqs/work', MessageBody: 'a' });
    expect((await cloud.run(() => client.send(send))).$metadata.attempts).toBe(2);
    const { visible, notVisible } = left(home);
    expect(visible + notVisible).toBe(2);
    expect(effects(home)).toEqual([]);
  });
});

test('A long poll ends when a message comes, and otherwise when its time is up', async () => {
  const cloud = Cloud.make({ regions: [home] });
  const QueueUrl = cloud.region(home).service('sqs').createQueue({ name: 'work', waitSeconds: 5 });
  const client = cloud.connect(home)(SQSClient);
  const receive = (WaitTimeSeconds?: number) =>
    client.send(
      new ReceiveMessageCommand({ QueueUrl, ...(WaitTimeSeconds !== undefined && { WaitTimeSeconds }) }),
    );
  const timed = async (work: () => ReturnType<typeof receive>) => {
    const from = cloud.now();
    const { Messages = [] } = await cloud.run(work);
    return [Messages.map(({ Body }) => Body), Math.round((cloud.now() - from) / 1000)];
  };
  expect(await timed(() => receive(20))).toEqual([[], 20]);
  expect(await timed(() => receive())).toEqual([[], 5]);
  expect(await timed(() => receive(0))).toEqual([[], 0]);
  const sent = client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a', DelaySeconds: 7 }));
  expect(await timed(async () => (await sent, receive(20)))).toEqual([['a'], 7]);
});

test('A run is the same to the byte for the same seed, outages and doubles included', async () => {
  const run = async () => {
    const { cloud, send } = make({ seed: 7 });
    const start = cloud.now();
    cloud.faults = {
      ...outagesOf([{ region: home, from: start + 300, until: start + 90_000 }]),
      message: (_region, _queue, body) => (body === '3' ? [0, 2000] : [0]),
    };
    for (let index = 0; index < 8; index += 1) await send(standby, String(index));
    await send(home, 'x').catch(() => undefined);
    await cloud.advance(5 * minute);
    return JSON.stringify(cloud.snapshot());
  };
  expect(await run()).toBe(await run());
});

test('Calls are not listed where nobody wants them, and are counted all the same', async () => {
  const { cloud } = make();
  cloud.calls.isListing = false;
  const client = cloud.connect(home)(DynamoDBClient);
  await cloud.run(() => client.send(new PutItemCommand({ TableName: 'effects', Item: { id: { S: 'a' } } })));
  expect(cloud.calls.list).toEqual([]);
  expect(cloud.calls.counters).toEqual({ dynamodb: { PutItem: 1 } });
});
