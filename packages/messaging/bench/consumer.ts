/**
 * Our deduplicating consumer against Powertools' batch processor with idempotency: batches of ten, all ten in parallel,
 * one batch after another, as one sandbox of Lambda does. Both talk to the same dynalite, which runs in a process of its
 * own, so that it takes no time of the consumer's core; they run in turn, in many short rounds, so that what else the
 * machine does meets both, and the medians are compared.
 */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fastDynamoDb } from '../src/fastDynamoDb';
import type { SqsEvent } from '../src/message';
import { dynaliteClient, type Dynalite, makeTable, startDynalite } from './dynalite';
import { ours, powertools, type Contender } from './contenders';

interface Run {
  readonly messagesPerSecond: number;
  readonly requestsPerMessage: number;
}

const batchSize = 10;
const warmUpMessages = 1000;

const batchesOf = (messages: number): SqsEvent[] =>
  Array.from({ length: messages / batchSize }, () => ({
    Records: Array.from({ length: batchSize }, () => ({
      messageId: randomUUID(),
      receiptHandle: randomUUID(),
      body: JSON.stringify({ order: 4711, seats: ['A1', 'A2'] }),
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:bench',
      awsRegion: 'eu-west-1',
    })),
  }));

const measure = async (side: Contender, batches: readonly SqsEvent[], dynalite: Dynalite): Promise<Run> => {
  const messages = batches.length * batchSize;
  const requestsBefore = await dynalite.requests();
  const startedAt = performance.now();
  for (const batch of batches) {
    const { batchItemFailures } = await side.handle(batch);
    if (batchItemFailures.length > 0) throw new Error(`${String(batchItemFailures.length)} messages failed.`);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const requests = (await dynalite.requests()) - requestsBefore;
  return { messagesPerSecond: messages / seconds, requestsPerMessage: requests / messages };
};

/** Each message once: every effect must have happened, or the figure is worth nothing. */
const measureNew = async (side: Contender, messages: number, dynalite: Dynalite): Promise<Run> => {
  const before = side.effects();
  const run = await measure(side, batchesOf(messages), dynalite);
  if (side.effects() - before !== messages) throw new Error('Not every message took its effect once.');
  return run;
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const compare = async (
  sides: { ours: Contender; powertools: Contender },
  dynalite: Dynalite,
  options: Options,
) => {
  const runs = { ours: [] as Run[], powertools: [] as Run[] };
  for (const side of [sides.ours, sides.powertools]) await measureNew(side, warmUpMessages, dynalite);
  for (let round = 0; round < options.rounds; round += 1) {
    // Each goes first in every other round.
    const turn = round % 2 === 0 ? (['ours', 'powertools'] as const) : (['powertools', 'ours'] as const);
    for (const name of turn) runs[name].push(await measureNew(sides[name], options.messages, dynalite));
  }
  const repeated = batchesOf(options.messages);
  await measure(sides.ours, repeated, dynalite);
  const doubles = await measure(sides.ours, repeated, dynalite);
  const speed = (list: readonly Run[]) => median(list.map(({ messagesPerSecond }) => messagesPerSecond));
  return {
    ours: Math.round(speed(runs.ours)),
    powertools: Math.round(speed(runs.powertools)),
    ratio: Number((speed(runs.ours) / speed(runs.powertools)).toFixed(2)),
    requestsPerMessage: Number(
      Math.max(...runs.ours.map(({ requestsPerMessage }) => requestsPerMessage)).toFixed(2),
    ),
    powertoolsRequestsPerMessage: median(runs.powertools.map(({ requestsPerMessage }) => requestsPerMessage)),
    /** dynalite does not return the old item of a failed condition, which costs one read that AWS spares. */
    requestsPerDoubleOnDynalite: doubles.requestsPerMessage,
  };
};

interface Options {
  readonly messages: number;
  readonly rounds: number;
}

const makeSides = async (plain: DynamoDBClient, fast: DynamoDBClient) => {
  await makeTable(plain, 'ours');
  await makeTable(plain, 'powertools');
  return { ours: ours(fast, 'ours'), powertools: powertools(plain, 'powertools') };
};

/** @returns undefined where they cannot be used. */
const readOptions = (given: readonly string[]): (Options & { readonly format: string }) | undefined => {
  const { values } = parseArgs({
    args: [...given],
    options: {
      format: { type: 'string', default: 'plain' },
      messages: { type: 'string', default: '200' },
      rounds: { type: 'string', default: '15' },
    },
  });
  const messages = Math.ceil(Number(values.messages) / batchSize) * batchSize;
  const rounds = Number(values.rounds);
  const areUsable =
    ['plain', 'json'].includes(values.format) && messages > 0 && Number.isInteger(rounds) && rounds > 0;
  return areUsable ? { messages, rounds, format: values.format } : undefined;
};

/** @returns the exit code: 0 done, 2 bad usage */
export const main = async (given: readonly string[], root: string): Promise<number> => {
  const options = readOptions(given);
  if (!options) {
    console.error(
      'Expected --format plain|json, --messages N (each round, from 1), --rounds N (of each side, from 1).',
    );
    return 2;
  }
  const dynalite = await startDynalite(root);
  const plain = dynaliteClient(dynalite);
  const fast = dynaliteClient(dynalite, fastDynamoDb);
  try {
    const result = await compare(await makeSides(plain, fast), dynalite, options);
    if (options.format === 'json') console.log(JSON.stringify(result));
    else
      console.log(
        `ours ${String(result.ours)} messages/s, ${String(result.requestsPerMessage)} requests a message\n` +
          `Powertools ${String(result.powertools)} messages/s, ${String(result.powertoolsRequestsPerMessage)} requests a message\n` +
          `ratio ${String(result.ratio)}; dynalite in a process of its own for both`,
      );
    return 0;
  } finally {
    plain.destroy();
    fast.destroy();
    dynalite.stop();
  }
};
