import { randomUUID } from 'node:crypto';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import type { BatchAnswer } from '../src/delivery';
import { deduplicate, forEachMessage } from '../src/deduplicate';
import { DynamoDbStore } from '../src/dynamoDbStore';
import type { SqsEvent } from '../src/message';

/** A consumer under test, as Lambda would call it. */
export interface Contender {
  readonly handle: (event: SqsEvent) => Promise<BatchAnswer>;
  /** How many effects have happened. */
  readonly effects: () => number;
}

/** A function's context with 30 s left, which both sides read. */
const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 30_000 };

export const ours = (client: DynamoDBClient, tableName: string): Contender => {
  let count = 0;
  const handler = middy(
    forEachMessage(async ({ id }) => {
      count += 1;
      return { id, ok: true };
    }),
    { timeoutEarlyInMillis: 0 },
  ).use(
    deduplicate({
      store: new DynamoDbStore({ client, tableName, promise: 'within-region' }),
      consumer: 'bench',
      clock: () => Date.now(),
      newId: () => randomUUID(),
    }),
  );
  return {
    handle: (event) => handler(event, context) as Promise<BatchAnswer>,
    effects: () => count,
  };
};

/**
 * Powertools as its documentation puts the two together: one persistence layer, one configuration, the message's id as
 * key. Its batch processor works on all ten at once.
 */
export const powertools = (client: DynamoDBClient, tableName: string): Contender => {
  let count = 0;
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'messageId', throwOnNoIdempotencyKey: true });
  const processor = new BatchProcessor(EventType.SQS);
  const once = makeIdempotent(
    async (record: { messageId: string }) => {
      count += 1;
      return { id: record.messageId, ok: true };
    },
    {
      persistenceStore: new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client }),
      config,
    },
  );
  return {
    handle: (event) => {
      config.registerLambdaContext(context);
      // Its types want all of Lambda's event and context; it reads what stands here.
      return processPartialResponse(event as never, once as never, processor, {
        context: context as never,
        throwOnFullBatchFailure: false,
      });
    },
    effects: () => count,
  };
};
