/** Lambda's pollers of a queue: they receive by real SDK clients, invoke the sandbox, and delete what is done. */
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SqsEvent } from '../src';
import { type Chance, Chances } from './embeddedCloud';
import { queues, soakQueueUrl, type SoakCloud } from './cloud';
import type { Plan } from './plan';
import { sleep, type SoakWorld } from './producer';
import { deaths, ConsumerSandbox } from './sandbox';

const batchSize = 10;
const waitSeconds = 20;
const coldStartMs = 400;
/** After a refused poll. */
const pollAgainMs = 1000;

/** What pollers counted; the verdict does not depend on it. */
export class Tally {
  /** Messages handed to consumers, doubles and repeats included. */
  delivered = 0;
  killed = 0;
}

interface Settings {
  readonly plan: Plan;
  readonly world: SoakWorld;
  readonly tally: Tally;
  readonly isStopped: () => boolean;
}

const eventOf = (messages: readonly Message[], region: string, account: string): SqsEvent => ({
  Records: messages.map((message) => ({
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType, StringValue }]) => [
        name,
        { dataType: DataType ?? '', stringValue: StringValue },
      ]),
    ),
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${region}:${account}:${queues.orders}`,
    awsRegion: region,
  })),
});

const receive = async (client: SQSClient, queueUrl: string): Promise<readonly Message[]> => {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: batchSize,
    WaitTimeSeconds: waitSeconds,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  });
  const { Messages: messages = [] } = await client.send(command, {
    abortSignal: AbortSignal.timeout((waitSeconds + 5) * 1000),
  });
  return messages;
};

const remove = async (client: SQSClient, queueUrl: string, messages: readonly Message[]): Promise<void> => {
  if (messages.length === 0) return;
  const command = new DeleteMessageBatchCommand({
    QueueUrl: queueUrl,
    Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
  });
  await client.send(command, { abortSignal: AbortSignal.timeout(5000) });
};

const deathOf = ({ rates }: Plan, chance: Chance) => {
  const thrown = chance.next();
  return thrown < rates.killed
    ? { at: chance.pick(deaths), left: chance.integer(0, batchSize - 1) }
    : undefined;
};

/** Polls until the soak is over. A message that is not deleted comes back by itself. */
const poll = async (soak: SoakCloud, region: string, name: string, settings: Settings): Promise<void> => {
  const { plan, world, tally, isStopped } = settings;
  const { sqs } = soak.clientsOf('poller', region);
  const queueUrl = soakQueueUrl(soak.cloud, region, queues.orders);
  const chance = new Chances(plan.seed).stream(`deaths/${name}`);
  const makeSandbox = () => new ConsumerSandbox(soak, region, { table: plan.table, world });
  let sandbox = makeSandbox();
  while (!isStopped())
    try {
      const messages = await receive(sqs, queueUrl);
      if (messages.length === 0) continue;
      tally.delivered += messages.length;
      const answer = await sandbox.invoke(
        eventOf(messages, region, soak.cloud.account),
        deathOf(plan, chance),
      );
      if (answer) {
        const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        const done = messages.filter(({ MessageId: id = '' }) => !failed.has(id));
        await remove(sqs, queueUrl, done);
      } else {
        tally.killed += 1;
        sandbox = makeSandbox();
        await sleep(coldStartMs);
      }
    } catch {
      await sleep(pollAgainMs);
    }
};

export const startConsumers = (
  soak: SoakCloud,
  region: string,
  pollers: number,
  settings: Settings,
): Promise<unknown> =>
  Promise.all(
    Array.from({ length: pollers }, (_, index) => poll(soak, region, `${region}/${String(index)}`, settings)),
  );
