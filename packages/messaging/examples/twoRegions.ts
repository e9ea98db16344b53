import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { activeRegionInTable, DynamoDbSpool, publisher, synchronise } from '@forseti/messaging';

const [home, standby] = ['eu-west-1', 'eu-central-1'] as const;
const world = { clock: () => Date.now(), newId: () => randomUUID() };
const queues = [home, standby].map((region) => ({
  region,
  client: new SQSClient({ region, maxAttempts: 2 }),
  queueUrl: `https://sqs.${region}.amazonaws.com/111122223333/orders`,
  deadLetterQueueUrl: `https://sqs.${region}.amazonaws.com/111122223333/orders-dead`,
}));
const dynamodb = [home, standby].map((region) => new DynamoDBClient({ region }));
/** A table of each region, for messages that no queue takes. */
const spools = dynamodb.map((client) => new DynamoDbSpool(client, 'spool'));

export const orders = publisher({
  ...world,
  destinations: queues,
  spools,
  // The item `{ name: 'orders', active: 'eu-central-1' }` of a global table sends all messages to the standby.
  activeRegion: activeRegionInTable({ clients: dynamodb, tableName: 'regions', key: { name: 'orders' } }),
});

/** `receipt.spooled` says whether it is in a queue; after MessageNotTaken it may be published again under its id. */
export const order = (id: string, seat: string, customer: string) =>
  orders.publish({ id, body: JSON.stringify({ seat, customer }) });

/** After an outage: sends on what lies in the spools and in the dead-letter queues. */
export const replay = () => synchronise({ publisher: orders, queues, spools, newId: world.newId });
