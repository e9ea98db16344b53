import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { deduplicate, DynamoDbStore, fastDynamoDb, forEachMessage, publisher } from '@forseti/messaging';
import middy from '@middy/core';

const region = 'eu-west-1';
const world = { clock: () => Date.now(), newId: () => randomUUID() };

/** Made once, outside of the handler: it remembers that its region fails. */
export const payments = publisher({
  ...world,
  destinations: [
    {
      region,
      queueUrl: `https://sqs.${region}.amazonaws.com/111122223333/payments`,
      client: new SQSClient({ region, maxAttempts: 2 }),
    },
  ],
});

/** Under the order's own id: published twice, it is charged once. */
export const charge = (orderId: string, cents: number) =>
  payments.publish({ id: orderId, body: JSON.stringify({ orderId, cents }) });

/** The queue's event source mapping has `ReportBatchItemFailures`. */
export const handler = middy(
  forEachMessage(async ({ message, id }) => {
    const response = await fetch('https://bank.example/charges', {
      method: 'POST',
      // A function can die after the charge and before its done mark: the bank recognises the repeat by this.
      headers: { 'idempotency-key': id },
      body: message.body,
    });
    // What is thrown here fails this message alone, and SQS delivers it again.
    if (!response.ok) throw new Error(`The bank answered ${String(response.status)}.`);
  }),
).use(
  deduplicate({
    ...world,
    consumer: 'bank',
    store: new DynamoDbStore({
      client: new DynamoDBClient({ region, ...fastDynamoDb }),
      tableName: 'marks',
      promise: 'within-region',
    }),
  }),
);
