/** A consumer as Lambda runs it: the real middy handler in a sandbox that can be killed at any point. */
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import {
  type BatchAnswer,
  deduplicate,
  type MessageDelivery,
  DynamoDbStore,
  fastDynamoDb,
  forEachMessage,
  type SqsEvent,
} from '../src';
import { callers } from './faults';
import { type SoakCloud, tables } from './cloud';
import type { TableKind } from './plan';
import type { SoakWorld } from './producer';

/** Where a consumer dies. The done marks of a batch go together, after its effects. */
export const deaths = [
  'before the effect',
  'after the effect',
  'before the done mark',
  'after the done mark',
] as const;
export type Death = (typeof deaths)[number];

export const functionSeconds = 9;

export const consumerName = 'tickets';

/** Sells the seat, as docs/messaging.md says: `id` keeps out a repeat, `fence` a worker that was thought dead. */
const sell =
  (dynamodb: DynamoDBClient) =>
  async ({ message, id, fence }: MessageDelivery) => {
    const { seat } = JSON.parse(message.body) as { seat: string };
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: tables.orders,
        Key: { id: { S: id } },
        UpdateExpression: 'SET seat = :seat, soldBy = :id, fence = :fence',
        ConditionExpression: 'attribute_not_exists(soldBy) OR (soldBy = :id AND fence <= :fence)',
        ExpressionAttributeValues: { ':seat': { S: seat }, ':id': { S: id }, ':fence': { N: String(fence) } },
      }),
    );
    return { seat };
  };

const marking = new Set(['PutItemCommand', 'BatchWriteItemCommand']);

type Handler = (event: SqsEvent, context: object) => Promise<BatchAnswer>;

export class ConsumerSandbox {
  private readonly handler: Handler;
  private death: Death | undefined;
  private isDead = false;
  private die: () => void = () => undefined;
  /** Ten effects begin in parallel: how many more of their calls go through before the consumer dies. */
  private left = 0;

  constructor(
    soak: SoakCloud,
    region: string,
    settings: { readonly table: TableKind; readonly world: SoakWorld },
  ) {
    const connect = soak.cloud.connect(region, soak.cloud.person(callers.consumer));
    const dynamodb = connect(DynamoDBClient, { ...fastDynamoDb, maxAttempts: 2 });
    this.makeMortal(dynamodb);
    // The store would refuse `across-regions` on the eventual table: here that table is misused on purpose.
    const promise = settings.table === 'strong' ? 'across-regions' : 'within-region';
    this.handler = middy(forEachMessage(sell(dynamodb)), { timeoutEarlyInMillis: 0 }).use(
      deduplicate({
        ...settings.world,
        consumer: consumerName,
        store: new DynamoDbStore({ client: dynamodb, tableName: tables.marks, promise }),
      }),
    );
  }

  /** @returns what the handler answers; undefined where it died or timed out, and the sandbox with it */
  async invoke(
    event: SqsEvent,
    death?: { readonly at: Death; readonly left: number },
  ): Promise<BatchAnswer | undefined> {
    this.death = death?.at;
    this.left = death?.left ?? 0;
    const deadline = Date.now() + functionSeconds * 1000;
    const context = { getRemainingTimeInMillis: () => deadline - Date.now() };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ended = new Promise<undefined>((resolve) => {
      this.die = () => {
        this.isDead = true;
        resolve(undefined);
      };
      timer = setTimeout(this.die, functionSeconds * 1000);
    });
    const answer = await Promise.race([this.handler(event, context), ended]);
    clearTimeout(timer);
    return answer;
  }

  get isGone(): boolean {
    return this.isDead;
  }

  /** A call of a dead sandbox is neither sent nor answered. */
  private makeMortal(client: DynamoDBClient): void {
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (request) => {
          this.dieIf(commandName, request.input, 'before');
          if (this.isDead) await never();
          const answer = await next(request);
          this.dieIf(commandName, request.input, 'after');
          if (this.isDead) await never();
          return answer;
        },
      { step: 'initialize', name: 'mortal' },
    );
  }

  private dieIf(commandName: string, input: object, moment: 'before' | 'after'): void {
    if (this.death === undefined || this.isDead) return;
    const step =
      commandName === 'UpdateItemCommand'
        ? 'the effect'
        : marking.has(commandName) && JSON.stringify(input).includes('"doneAt"')
          ? 'the done mark'
          : undefined;
    if (step === undefined || this.death !== `${moment} ${step}`) return;
    if (this.left > 0) this.left -= 1;
    else this.die();
  }
}

const never = (): Promise<never> => new Promise<never>(() => undefined);
