import {
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ReplicatedWriteConflictException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  BatchWriteItemCommand,
  DeleteTableCommand,
} from '@aws-sdk/client-dynamodb';
import { Cloud, type CloudState } from '../../src/cloud/cloud';
import { outagesOf } from '../../src/core/faults';
import { waitingFor } from '../../src/dynamodb/replication';
import type { DynamoDbState } from '../../src/dynamodb/state';

const [home, standby, third] = ['eu-west-1', 'eu-central-1', 'eu-west-2'] as const;
const lagMs = 5000;
const table = {
  TableName: 'requests',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
} as const;
// The SDK's type has mutable lists.
const definition = structuredClone(table) as never;

const makeCloud = () =>
  Cloud.make({
    regions: [home, standby, third],
    timings: { replicationMs: lagMs, apiMs: 30, spread: 0 },
  });

const make = (consistency: 'EVENTUAL' | 'STRONG', witness?: string) => {
  const cloud = makeCloud();
  const replicas = witness === undefined ? [home, standby, third] : [home, standby];
  const options = { replicas, consistency, ...(witness !== undefined && { witness }) };
  cloud.region(home).service('dynamodb').putGlobalTable(definition, options);
  const clients = Object.fromEntries(
    [home, standby, third].map((name) => [name, cloud.connect(name)(DynamoDBClient, { maxAttempts: 1 })]),
  ) as Record<string, DynamoDBClient>;
  const client = (name: string) => clients[name] as DynamoDBClient;
  const putting = (name: string, owner: string, id = 'a') =>
    client(name).send(
      new PutItemCommand({
        TableName: 'requests',
        Item: { id: { S: id }, owner: { S: owner } },
        ConditionExpression: 'attribute_not_exists(id)',
      }),
    );
  const reading = async (name: string, ConsistentRead = true, id = 'a') => {
    const command = new GetItemCommand({ TableName: 'requests', Key: { id: { S: id } }, ConsistentRead });
    return (await client(name).send(command)).Item?.owner?.S;
  };
  return {
    cloud,
    client,
    putting,
    reading,
    put: (...given: Parameters<typeof putting>) => cloud.run(() => putting(...given)),
    read: (...given: Parameters<typeof reading>) => cloud.run(() => reading(...given)),
  };
};

describe('An eventually consistent global table', () => {
  test('Shows a write at once where it was done, and in the other regions after the lag', async () => {
    const { cloud, put, read } = make('EVENTUAL');
    await put(home, 'first');
    expect(await read(home)).toBe('first');
    expect(await read(standby)).toBeUndefined();
    await cloud.advance(lagMs);
    expect(await read(standby)).toBe('first');
    expect(await read(third)).toBe('first');
  });

  test('Lets two regions win the same conditional write; the later one stays in both', async () => {
    const { cloud, put, read } = make('EVENTUAL');
    await put(home, 'first');
    await put(standby, 'second');
    expect(await read(home)).toBe('first');
    expect(await read(standby)).toBe('second');
    await cloud.advance(2 * lagMs);
    expect([await read(home), await read(standby), await read(third)]).toEqual([
      'second',
      'second',
      'second',
    ]);
    await expect(put(home, 'third')).rejects.toBeInstanceOf(ConditionalCheckFailedException);
  });

  test('Brings deletions too, and a deletion that is older than a write undoes nothing', async () => {
    const { cloud, client, put, read } = make('EVENTUAL');
    await put(home, 'first');
    await cloud.advance(lagMs);
    const remove = (name: string) =>
      cloud.run(() =>
        client(name).send(
          new BatchWriteItemCommand({
            RequestItems: { requests: [{ DeleteRequest: { Key: { id: { S: 'a' } } } }] },
          }),
        ),
      );
    await remove(home);
    await cloud.advance(1000);
    await cloud.run(() =>
      client(standby).send(
        new UpdateItemCommand({
          TableName: 'requests',
          Key: { id: { S: 'a' } },
          UpdateExpression: 'SET #o = :o',
          ExpressionAttributeNames: { '#o': 'owner' },
          ExpressionAttributeValues: { ':o': { S: 'later' } },
        }),
      ),
    );
    await cloud.advance(2 * lagMs);
    expect([await read(home), await read(standby)]).toEqual(['later', 'later']);
    await remove(standby);
    await cloud.advance(lagMs);
    expect(await read(home)).toBeUndefined();
  });

  test.each([home, standby])('Waits with replication while %s is down, and loses nothing', async (down) => {
    const { cloud, put, read } = make('EVENTUAL');
    await put(home, 'first');
    const from = cloud.now() + 1000;
    cloud.faults = outagesOf([{ region: down, from, until: from + 600_000 }]);
    await cloud.advance(300_000);
    expect(waitingFor(cloud.region(home), standby)).toBe(1);
    await cloud.advance(302_000);
    expect(waitingFor(cloud.region(home), standby)).toBe(0);
    expect(await read(standby)).toBe('first');
  });

  test('Does transactions in the region they are made in', async () => {
    const { cloud, client, read } = make('EVENTUAL');
    const TransactItems = [{ Put: { TableName: 'requests', Item: { id: { S: 'a' }, owner: { S: 'x' } } } }];
    await cloud.run(() => client(home).send(new TransactWriteItemsCommand({ TransactItems })));
    await cloud.advance(lagMs);
    expect(await read(standby)).toBe('x');
  });

  test('Is the same after it was saved and restored, with what was on its way', async () => {
    const { cloud, put } = make('EVENTUAL');
    await put(home, 'first');
    const restored = Cloud.restore(JSON.parse(JSON.stringify(cloud.snapshot())) as CloudState);
    await restored.advance(lagMs);
    await cloud.advance(lagMs);
    const state = (one: Cloud) => one.states()[standby]?.dynamodb as DynamoDbState;
    expect(Object.keys(state(restored).tables.requests?.partitions ?? {})).toEqual(['S:a']);
    expect(state(restored)).toEqual(state(cloud));
  });
});

describe('A strongly consistent global table', () => {
  test('Shows a write in all regions at once, and lets one region only win a conditional write', async () => {
    const { put, read } = make('STRONG');
    await put(home, 'first');
    expect(await read(standby)).toBe('first');
    await expect(put(standby, 'second')).rejects.toBeInstanceOf(ConditionalCheckFailedException);
    expect([await read(home), await read(third)]).toEqual(['first', 'first']);
  });

  test('Refuses a write of an item that another region is writing, which may be tried again', async () => {
    const { cloud, client, putting, reading } = make('STRONG');
    const [first, second] = await cloud.run(() =>
      Promise.allSettled([putting(home, 'first'), putting(standby, 'second')]),
    );
    expect(first?.status).toBe('fulfilled');
    expect((second as PromiseRejectedResult).reason).toBeInstanceOf(ReplicatedWriteConflictException);
    const write = new PutItemCommand({ TableName: 'requests', Item: { id: { S: 'a' }, owner: { S: 'b' } } });
    await cloud.run(() => client(standby).send(write));
    expect(await cloud.run(() => reading(home))).toBe('b');
  });

  test('Gives back what of a batch another region is writing', async () => {
    const { cloud, client, putting } = make('STRONG');
    const batch = new BatchWriteItemCommand({
      RequestItems: { requests: ['a', 'b'].map((id) => ({ PutRequest: { Item: { id: { S: id } } } })) },
    });
    const [, answer] = await cloud.run(() =>
      Promise.all([putting(home, 'first'), client(standby).send(batch)]),
    );
    expect(answer.UnprocessedItems).toEqual({ requests: [{ PutRequest: { Item: { id: { S: 'a' } } } }] });
  });

  test('Has no transactions', async () => {
    const { cloud, client } = make('STRONG');
    const TransactItems = [{ Put: { TableName: 'requests', Item: { id: { S: 'a' } } } }];
    const work = () => client(home).send(new TransactWriteItemsCommand({ TransactItems }));
    await expect(cloud.run(work)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('Works on without one region, its witness too, but not without two', async () => {
    const { cloud, put, read } = make('STRONG', third);
    const from = cloud.now();
    const until = from + 3_600_000;
    cloud.faults = outagesOf([{ region: third, from, until }]);
    await put(home, 'first');
    expect(await read(standby)).toBe('first');
    cloud.faults = outagesOf([third, standby].map((region) => ({ region, from, until })));
    await expect(put(home, 'second', 'b')).rejects.toMatchObject({ name: 'InternalServerError' });
    await expect(read(home)).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(await read(home, false)).toBe('first');
    cloud.faults = {};
    expect(await read(home, true, 'b')).toBeUndefined();
  });

  test('Has what was written without a region there once that is back', async () => {
    const { cloud, put, read } = make('STRONG');
    const from = cloud.now();
    cloud.faults = outagesOf([{ region: standby, from, until: from + 60_000 }]);
    await put(home, 'first');
    await expect(read(standby)).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    await cloud.advance(60_000);
    expect(await read(standby)).toBe('first');
  });
});

describe('A table', () => {
  const update = (cloud: Cloud, input: object) =>
    cloud.run(() =>
      cloud
        .connect(home)(DynamoDBClient)
        .send(new UpdateTableCommand({ TableName: 'requests', ...input })),
    );
  const describeIn = async (cloud: Cloud, name: string) =>
    (
      await cloud.run(() =>
        cloud
          .connect(name)(DynamoDBClient)
          .send(new DescribeTableCommand({ TableName: 'requests' })),
      )
    ).Table;
  const withTable = () => {
    const cloud = makeCloud();
    cloud.region(home).service('dynamodb').createTable(definition);
    return cloud;
  };
  const witnessed = {
    ReplicaUpdates: [{ Create: { RegionName: standby } }],
    GlobalTableWitnessUpdates: [{ Create: { RegionName: third } }],
    MultiRegionConsistency: 'STRONG',
  };

  test('Gets a replica with its items, and shows the other regions', async () => {
    const cloud = withTable();
    const client = cloud.connect(home)(DynamoDBClient);
    await cloud.run(() =>
      client.send(new PutItemCommand({ TableName: 'requests', Item: { id: { S: 'old' } } })),
    );
    await update(cloud, { ReplicaUpdates: [{ Create: { RegionName: standby } }] });
    expect(await describeIn(cloud, standby)).toMatchObject({
      ItemCount: 1,
      TableArn: `arn:aws:dynamodb:${standby}:111122223333:table/requests`,
      GlobalTableVersion: '2019.11.21',
      MultiRegionConsistency: 'EVENTUAL',
      Replicas: [{ RegionName: home, ReplicaStatus: 'ACTIVE' }],
    });
    await update(cloud, { ReplicaUpdates: [{ Delete: { RegionName: standby } }] });
    expect((await describeIn(cloud, home))?.Replicas).toBeUndefined();
    expect(cloud.region(standby).service('dynamodb').state.tables).toEqual({});
  });

  test('Becomes strong with a second replica and a witness, which it shows', async () => {
    const cloud = withTable();
    await update(cloud, witnessed);
    expect(await describeIn(cloud, home)).toMatchObject({
      MultiRegionConsistency: 'STRONG',
      Replicas: [{ RegionName: standby }],
      GlobalTableWitnesses: [{ RegionName: third, WitnessStatus: 'ACTIVE' }],
    });
    const client = cloud.connect(standby)(DynamoDBClient);
    await expect(
      cloud.run(() => client.send(new DeleteTableCommand({ TableName: 'requests' }))),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await update(cloud, {
      ReplicaUpdates: [{ Delete: { RegionName: standby } }],
      GlobalTableWitnessUpdates: [{ Delete: { RegionName: third } }],
    });
    expect((await describeIn(cloud, home))?.MultiRegionConsistency).toBeUndefined();
  });

  test.each([
    ['two regions', { ...witnessed, GlobalTableWitnessUpdates: [] }, 'exactly three Regions'],
    [
      'regions of several sets',
      { ...witnessed, GlobalTableWitnessUpdates: [{ Create: { RegionName: 'us-east-1' } }] },
      'one Region set',
    ],
    [
      'a witness that is not strong',
      { ...witnessed, MultiRegionConsistency: 'EVENTUAL' },
      'multi-Region strong consistency only',
    ],
    ['nothing to change', {}, 'ReplicaUpdates'],
    ['a region it has not', { ReplicaUpdates: [{ Delete: { RegionName: third } }] }, 'no replica in'],
  ])('Is refused %s', async (_what, input, message) => {
    await expect(update(withTable(), input)).rejects.toThrow(message);
  });

  test('Becomes strong while it is empty only, and never changes its kind', async () => {
    const cloud = withTable();
    const client = cloud.connect(home)(DynamoDBClient);
    const item = new PutItemCommand({ TableName: 'requests', Item: { id: { S: 'old' } } });
    await cloud.run(() => client.send(item));
    await expect(update(cloud, witnessed)).rejects.toThrow('must be empty');
    await update(cloud, { ReplicaUpdates: [{ Create: { RegionName: standby } }] });
    await expect(
      update(cloud, {
        ReplicaUpdates: [{ Create: { RegionName: third } }],
        MultiRegionConsistency: 'STRONG',
      }),
    ).rejects.toThrow('cannot be changed');
  });
});
