import { randomUUID } from 'node:crypto';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { deduplicate, DynamoDbStore, fastDynamoDb, forEachMessage } from '@forseti/messaging';
import middy from '@middy/core';

/** Consumers of both regions use the same two MRSC global tables: `marks` and `seats`. */
const dynamodb = new DynamoDBClient({ region: process.env.AWS_REGION ?? 'eu-west-1', ...fastDynamoDb });

export const handler = middy(
  forEachMessage(async ({ message, id, fence }) => {
    const { seat, customer } = JSON.parse(message.body) as { seat: string; customer: string };
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: 'seats',
        Key: { seat: { S: seat } },
        UpdateExpression: 'SET customer = :customer, soldBy = :id, fence = :fence',
        // `id` keeps out a repeat; `fence` keeps out a worker whose lease was lost and who is still writing.
        ConditionExpression: 'attribute_not_exists(soldBy) OR (soldBy = :id AND fence <= :fence)',
        ExpressionAttributeValues: {
          ':customer': { S: customer },
          ':id': { S: id },
          ':fence': { N: String(fence) },
        },
      }),
    );
    // Kept with the done mark, and handed to `onOutcome` for doubles.
    return { seat, customer };
  }),
).use(
  deduplicate({
    clock: () => Date.now(),
    newId: () => randomUUID(),
    consumer: 'tickets',
    // Longer than the effect takes, shorter than the queue's visibility time-out.
    leaseSeconds: 50,
    store: new DynamoDbStore({ client: dynamodb, tableName: 'marks', promise: 'across-regions' }),
    onOutcome: ({ id, state }) => {
      console.log(JSON.stringify({ id, state }));
    },
  }),
);
