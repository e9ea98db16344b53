import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoDbStore, type ConsistencyPromise } from '../src';
import { startAt } from './support';

const client = new DynamoDBClient({ region: 'eu-west-1' });
const dynamodb = mockClient(client);
const TableArn = 'arn:aws:dynamodb:eu-west-1:111122223333:table/marks';
const single = { TableArn };
const eventual = {
  TableArn,
  MultiRegionConsistency: 'EVENTUAL',
  Replicas: [{ RegionName: 'eu-central-1' }],
} as const;
/** As DescribeTable answered before there were two kinds. */
const unnamed = { TableArn, Replicas: [{ RegionName: 'eu-central-1' }] };
const strong = {
  TableArn,
  MultiRegionConsistency: 'STRONG' as const,
  Replicas: [{ RegionName: 'eu-central-1' }],
};

const make = (table: object, promise: ConsistencyPromise, onlyRegion?: string) => {
  dynamodb.reset();
  dynamodb.on(DescribeTableCommand).resolves({ Table: table });
  return new DynamoDbStore({
    client,
    tableName: 'marks',
    promise,
    ...(onlyRegion !== undefined && { onlyRegion }),
  });
};
const claim = { id: 'orders/a', owner: 'me/1', now: startAt, heldUntil: startAt + 1000 };

test.each([
  ['a single-region table', single, 'within-region', 'region'],
  ['an MREC table', eventual, 'within-region', 'eventual'],
  ['an MRSC table', strong, 'within-region', 'strong'],
  ['an MRSC table', strong, 'across-regions', 'strong'],
] as const)('%s is taken: %j for %s tells %s', async (_, table, promise, consistency) => {
  await expect(make(table, promise).consistency()).resolves.toBe(consistency);
});

test.each([
  ['an MREC table', eventual],
  ['a global table that names no kind, which is MREC', unnamed],
])(
  'A store refuses to promise exactly-once across regions on %s, and says why and what to do',
  async (_, table) => {
    const store = make(table, 'across-regions');
    const refusal = {
      name: 'ConsistencyRefused',
      message: expect.stringMatching(
        /eu-west-1, eu-central-1.*two regions can both win.*MultiRegionConsistency STRONG/s,
      ) as unknown,
    };
    await expect(store.consistency()).rejects.toMatchObject(refusal);
    await expect(store.begin(claim)).rejects.toMatchObject(refusal);
    expect(dynamodb.calls()).toHaveLength(1);
  },
);

test('A store refuses to promise it on a single-region table, unless all consumers are said to use that one', async () => {
  await expect(make(single, 'across-regions').begin(claim)).rejects.toThrow("onlyRegion: 'eu-west-1'");
  await expect(make(single, 'across-regions', 'eu-central-1').begin(claim)).rejects.toThrow('alone');
  await expect(make(single, 'across-regions', 'eu-west-1').begin(claim)).resolves.toMatchObject({
    state: 'taken',
  });
});

test('A store asks what its table is once, and again only after a failure', async () => {
  const store = make(strong, 'across-regions');
  dynamodb.on(DescribeTableCommand).rejectsOnce(new Error('throttled')).resolves({ Table: strong });
  await expect(store.begin(claim)).rejects.toThrow('throttled');
  await store.begin(claim);
  await store.begin({ ...claim, id: 'orders/b' });
  expect(dynamodb.commandCalls(DescribeTableCommand)).toHaveLength(2);
});

test('A store does not ask at all where nothing is promised across regions', async () => {
  await make(eventual, 'within-region').begin(claim);
  expect(dynamodb.commandCalls(DescribeTableCommand)).toHaveLength(0);
});
