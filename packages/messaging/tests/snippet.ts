import { randomUUID } from 'node:crypto';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import {
  activeRegionInTable,
  deduplicate,
  DynamoDbSpool,
  DynamoDbStore,
  fastDynamoDb,
  forEachMessage,
  publisher,
} from '../src';

const world = { clock: () => Date.now(), newId: () => randomUUID() };
const [home, standby] = ['eu-west-1', 'eu-central-1'] as const;
const queueUrl = (region: string) => `https://sqs.${region}.amazonaws.com/111122223333/orders`;
const tables = {
  home: new DynamoDBClient({ region: home, ...fastDynamoDb }),
  standby: new DynamoDBClient({ region: standby }),
};

/** Made once, outside of the handler: it remembers which regions fail. */
export const orders = publisher({
  ...world,
  destinations: [home, standby].map((region) => ({
    region,
    queueUrl: queueUrl(region),
    client: new SQSClient({ region, maxAttempts: 2 }),
  })),
  spools: [new DynamoDbSpool(tables.home, 'spool'), new DynamoDbSpool(tables.standby, 'spool')],
  activeRegion: activeRegionInTable({
    clients: [tables.home, tables.standby],
    tableName: 'regions',
    key: { name: 'orders' },
  }),
});

/** `receipt.spooled` says whether it is in a queue; a MessageNotTaken may be published again under its id. */
export const order = async (seat: string, customer: string) =>
  orders.publish({ body: JSON.stringify({ seat, customer }) });

/** The queue's event source mapping has `ReportBatchItemFailures`. */
export const handler = middy(
  forEachMessage(async ({ message, id, fence }) => {
    const { seat, customer } = JSON.parse(message.body) as { seat: string; customer: string };
    await tables.home.send(
      new UpdateItemCommand({
        TableName: 'seats',
        Key: { seat: { S: seat } },
        UpdateExpression: 'SET customer = :customer, soldBy = :id, fence = :fence',
        // `id` keeps out a repeat, `fence` a worker that was thought dead.
        ConditionExpression: 'attribute_not_exists(soldBy) OR (soldBy = :id AND fence <= :fence)',
        ExpressionAttributeValues: {
          ':customer': { S: customer },
          ':id': { S: id },
          ':fence': { N: String(fence) },
        },
      }),
    );
    return { seat, customer };
  }),
).use(
  deduplicate({
    ...world,
    consumer: 'tickets',
    store: new DynamoDbStore({ client: tables.home, tableName: 'marks', promise: 'across-regions' }),
  }),
);
