import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';
import { messageOf, nameOf } from './failure';

/** A queue in a region. Where its dead letters are to be read: with its dead-letter queue. */
export interface RegionalQueue {
  readonly region: string;
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl?: string;
}

/** How many messages a queue has; SQS's own counts, which are approximate. */
export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** What a region's queues hold, or why it did not answer. */
export type RegionReport = { readonly region: string } & (
  { readonly queue: QueueCounts; readonly deadLetters?: QueueCounts } | { readonly error: string }
);

const names = {
  visible: 'ApproximateNumberOfMessages',
  inFlight: 'ApproximateNumberOfMessagesNotVisible',
  delayed: 'ApproximateNumberOfMessagesDelayed',
} as const satisfies Record<keyof QueueCounts, QueueAttributeName>;

const countsOf = async (client: SQSClient, queueUrl: string): Promise<QueueCounts> => {
  const { Attributes: attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: Object.values(names) }),
  );
  const of = (name: keyof QueueCounts) => Number(attributes[names[name]] ?? 0);
  return { visible: of('visible'), inFlight: of('inFlight'), delayed: of('delayed') };
};

/** A region that does not answer is part of the report, not the end of it. */
export const reportRegion = async ({
  region,
  client,
  queueUrl,
  deadLetterQueueUrl,
}: RegionalQueue): Promise<RegionReport> => {
  try {
    const queue = await countsOf(client, queueUrl);
    if (deadLetterQueueUrl === undefined) return { region, queue };
    return { region, queue, deadLetters: await countsOf(client, deadLetterQueueUrl) };
  } catch (error) {
    return { region, error: `${nameOf(error)}: ${messageOf(error)}` };
  }
};
