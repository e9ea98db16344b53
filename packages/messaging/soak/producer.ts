import {
  activeRegionInTable,
  DynamoDbSpool,
  MessageNotTaken,
  type OutgoingMessage,
  type Publisher,
  publisher,
  type Spool,
} from '../src';
import { Chances } from './embeddedCloud';
import { queues, soakQueueUrl, type SoakCloud, tables } from './cloud';
import { type Plan, regions } from './plan';

/** What every part of a soak needs of the world. */
export interface SoakWorld {
  readonly clock: () => number;
  readonly newId: () => string;
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const publishEveryMs = 100;
/** How long a message that nobody took waits for its next try. */
const againMs = 2000;

export const activeKey = { id: 'orders' } as const;

export const spoolsOf = ({ clientsOf }: SoakCloud, caller: 'producer' | 'operator'): readonly Spool[] =>
  regions.map(
    (region) => new DynamoDbSpool(clientsOf(caller, region).dynamodb, tables.spool, `spool of ${region}`),
  );

export const makePublisher = (
  soak: SoakCloud,
  caller: 'producer' | 'operator',
  world: SoakWorld,
): Publisher => {
  const clients = regions.map((region) => ({ region, ...soak.clientsOf(caller, region) }));
  return publisher({
    ...world,
    destinations: clients.map(({ region, sqs }) => ({
      region,
      queueUrl: soakQueueUrl(soak.cloud, region, queues.orders),
      client: sqs,
    })),
    spools: spoolsOf(soak, caller),
    activeRegion: activeRegionInTable({
      clients: clients.map(({ dynamodb }) => dynamodb),
      tableName: tables.active,
      key: activeKey,
    }),
  });
};

/** What the producers know: what they sent, and what was acknowledged. */
export class Ledger {
  sent = 0;
  readonly acknowledged = new Set<string>();
  spooled = 0;
  /** Times that nobody took a message, which was then published again under its id. */
  notTaken = 0;
}

const publishOne = async (orders: Publisher, message: OutgoingMessage & { id: string }, ledger: Ledger) => {
  ledger.sent += 1;
  for (;;)
    try {
      const receipt = await orders.publish(message);
      ledger.acknowledged.add(receipt.id);
      if (receipt.spooled) ledger.spooled += 1;
      return;
    } catch (error) {
      if (!(error instanceof MessageNotTaken)) throw error;
      ledger.notTaken += 1;
      await sleep(againMs);
    }
};

/** Publishes all messages, evenly over the plan's time, without waiting for one before the next. */
export const produce = async (plan: Plan, orders: Publisher, ledger: Ledger): Promise<void> => {
  const chance = new Chances(plan.seed).stream('orders');
  const rounds = Math.ceil(plan.publishMs / publishEveryMs);
  const running: Promise<void>[] = [];
  for (let round = 0, number = 0; round < rounds; round += 1) {
    for (; number < ((round + 1) * plan.messages) / rounds; number += 1) {
      const isPoison = chance.next() < plan.rates.poison;
      const body = isPoison
        ? `order ${String(number)}, torn`
        : JSON.stringify({ seat: `seat-${String(number)}` });
      running.push(publishOne(orders, { id: `order-${String(number)}`, body }, ledger));
    }
    await sleep(publishEveryMs);
  }
  await Promise.all(running);
};
