import type {
  GetQueueAttributesCommandInput,
  GetQueueAttributesResult,
  GetQueueUrlCommandInput,
  GetQueueUrlResult,
  ListDeadLetterSourceQueuesCommandInput,
  ListDeadLetterSourceQueuesResult,
  ListQueuesCommandInput,
  ListQueuesResult,
  PurgeQueueCommandInput,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { countMessages } from '../messages';
import type { Queue } from '../state';
import { findQueue, needs, type Sqs } from './find';

const attributesOf = (queue: Queue, now: number): Record<string, string> => {
  const { visible, notVisible, delayed } = countMessages(queue, now);
  const { fifo } = queue;
  return {
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ApproximateNumberOfMessagesNotVisible: String(notVisible),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    DelaySeconds: String(queue.delaySeconds),
    MaximumMessageSize: String(queue.maximumMessageBytes),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    QueueArn: queue.arn,
    ReceiveMessageWaitTimeSeconds: String(queue.waitSeconds ?? 0),
    VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
    ...(queue.redrive ? { RedrivePolicy: JSON.stringify(queue.redrive) } : {}),
    ...(queue.policy.length > 0
      ? { Policy: JSON.stringify({ Version: '2012-10-17', Statement: queue.policy }) }
      : {}),
    ...(fifo
      ? {
          FifoQueue: 'true',
          ContentBasedDeduplication: String(fifo.contentBasedDeduplication),
          DeduplicationScope: fifo.deduplicationScope,
          FifoThroughputLimit: fifo.throughputLimit,
        }
      : {}),
  };
};

export const getQueueAttributes = (
  sqs: Sqs,
): Action<GetQueueAttributesCommandInput, GetQueueAttributesResult> => ({
  requires: needs('GetQueueAttributes'),
  run: ({ QueueUrl, AttributeNames = [] }, region) => {
    const wanted = new Set<string>(AttributeNames);
    const all = Object.entries(attributesOf(findQueue(sqs, QueueUrl), region.now()));
    const chosen = all.filter(([name]) => wanted.has('All') || wanted.has(name));
    return { Attributes: Object.fromEntries(chosen) } satisfies GetQueueAttributesResult;
  },
});

export const getQueueUrl = (sqs: Sqs): Action<GetQueueUrlCommandInput, GetQueueUrlResult> => ({
  requires: ({ QueueName }, region) => [
    { action: 'sqs:GetQueueUrl', resource: region.arn('sqs', QueueName ?? '') },
  ],
  run: ({ QueueName }) => ({ QueueUrl: findQueue(sqs, QueueName).url }) satisfies GetQueueUrlResult,
});

const page = (
  urls: readonly string[],
  { NextToken, MaxResults }: { NextToken?: string | undefined; MaxResults?: number | undefined },
) => {
  const after = NextToken ?? '';
  const left = [...urls].sort().filter((url) => url > after);
  const shown = left.slice(0, MaxResults ?? 1000);
  const last = shown.at(-1);
  const isMore = shown.length < left.length && last !== undefined && MaxResults !== undefined;
  return { urls: shown, ...(isMore && { NextToken: last }) };
};

export const listQueues = (sqs: Sqs): Action<ListQueuesCommandInput, ListQueuesResult> => ({
  requires: (_input, region) => [{ action: 'sqs:ListQueues', resource: region.arn('sqs', '*') }],
  run: (input) => {
    const queues = Object.values(sqs.state.queues).filter(({ name }) =>
      name.startsWith(input.QueueNamePrefix ?? ''),
    );
    const { urls, ...more } = page(
      queues.map(({ url }) => url),
      input,
    );
    return { ...(urls.length > 0 && { QueueUrls: urls }), ...more } satisfies ListQueuesResult;
  },
});

export const listDeadLetterSourceQueues = (
  sqs: Sqs,
): Action<ListDeadLetterSourceQueuesCommandInput, ListDeadLetterSourceQueuesResult> => ({
  requires: needs('ListDeadLetterSourceQueues'),
  run: (input) => {
    const { arn } = findQueue(sqs, input.QueueUrl);
    const sources = Object.values(sqs.state.queues).filter(
      ({ redrive }) => redrive?.deadLetterTargetArn === arn,
    );
    const { urls, ...more } = page(
      sources.map(({ url }) => url),
      input,
    );
    return { queueUrls: urls, ...more } satisfies ListDeadLetterSourceQueuesResult;
  },
});

const purgeAgainMs = 60_000;

/** Deletes all messages, at most once a minute. AWS takes up to a minute to do so; here they are deleted at once. */
export const purgeQueue = (sqs: Sqs): Action<PurgeQueueCommandInput, object> => ({
  requires: needs('PurgeQueue'),
  run: ({ QueueUrl }, region) => {
    const queue = findQueue(sqs, QueueUrl);
    if (queue.purgedAt !== undefined && region.now() - queue.purgedAt < purgeAgainMs)
      throw new AwsError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
        { statusCode: 403 },
      );
    queue.purgedAt = region.now();
    queue.messages = [];
    return {};
  },
});
