import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { activeRegionInTable, DynamoDbStore, type ConsistencyPromise } from '../src';
import { Cloud } from '../soak/embeddedCloud';
import { consumer, makeClock, record } from './support';

const [home, standby, third] = ['eu-west-1', 'eu-central-1', 'eu-west-3'] as const;

/** A table in home and standby, eventual or strong. */
const globalTable = async (kind: 'EVENTUAL' | 'STRONG') => {
  const cloud = Cloud.make({ regions: [home, standby, third] });
  const clients = [home, standby].map((region) => cloud.connect(region)(DynamoDBClient));
  const [atHome, atStandby] = clients as [DynamoDBClient, DynamoDBClient];
  await cloud.run(async () => {
    await atHome.send(
      new CreateTableCommand({
        TableName: 'marks',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    await atHome.send(
      new UpdateTableCommand({
        TableName: 'marks',
        ReplicaUpdates: [{ Create: { RegionName: standby } }],
        MultiRegionConsistency: kind,
        ...(kind === 'STRONG' && { GlobalTableWitnessUpdates: [{ Create: { RegionName: third } }] }),
      }),
    );
  });
  const storeOn = (client: DynamoDBClient, promise: ConsistencyPromise) =>
    new DynamoDbStore({ client, tableName: 'marks', promise });
  return { cloud, atHome, atStandby, storeOn };
};

/** The same 20 messages, arriving in both regions at once. */
const consumeInBoth = async (kind: 'EVENTUAL' | 'STRONG', promise: ConsistencyPromise) => {
  const { cloud, atHome, atStandby, storeOn } = await globalTable(kind);
  const effects = new Map<string, number>();
  const clock = { ...makeClock(), now: () => cloud.now() };
  const effect = ({ id }: { id: string }) => void effects.set(id, (effects.get(id) ?? 0) + 1);
  const batch = Array.from({ length: 20 }, (_, index) => record(`order ${String(index)}`));
  await cloud.run(() =>
    Promise.all(
      [atHome, atStandby].map((client) => consumer(storeOn(client, promise), clock, effect).handle(batch)),
    ),
  );
  return [...effects.values()];
};

test('On a strong table the same messages in two regions at once take their effects once', async () => {
  const counts = await consumeInBoth('STRONG', 'across-regions');
  expect(counts).toEqual(Array.from({ length: 20 }, () => 1));
});

test('On an eventual table both regions win, and effects happen twice', async () => {
  const counts = await consumeInBoth('EVENTUAL', 'within-region');
  expect(counts).toHaveLength(20);
  expect(Math.max(...counts)).toBe(2);
});

test('An eventual table of a real region is refused before any effect', async () => {
  const { cloud, atHome, storeOn } = await globalTable('EVENTUAL');
  const store = storeOn(atHome, 'across-regions');
  await expect(cloud.run(() => store.consistency())).rejects.toMatchObject({ name: 'ConsistencyRefused' });
});

test('The active region is read from the nearest copy, else from another', async () => {
  const { cloud, atHome, atStandby } = await globalTable('STRONG');
  await cloud.run(() =>
    atHome.send(
      new PutItemCommand({ TableName: 'marks', Item: { id: { S: 'region' }, active: { S: standby } } }),
    ),
  );
  const nowhere = { send: () => Promise.reject(new Error('down')) } as unknown as DynamoDBClient;
  const read = (clients: readonly DynamoDBClient[], id = 'region') =>
    cloud.run(() => activeRegionInTable({ clients, tableName: 'marks', key: { id } }).current());
  expect(await read([atStandby, atHome])).toBe(standby);
  expect(await read([nowhere, atStandby])).toBe(standby);
  expect(await read([atHome], 'never said')).toBeUndefined();
  await expect(read([nowhere, nowhere])).rejects.toThrow('down');
});
