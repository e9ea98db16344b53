import type {
  GetQueueAttributesCommandInput,
  GetQueueAttributesResult,
  GetQueueUrlCommandInput,
  GetQueueUrlResult,
  PurgeQueueCommandInput,
} from '@aws-sdk/client-sqs';
import type { Action } from '../../service';
import { countMessages } from '../messages';
import type { Queue } from '../state';
import { findQueue, needs, type Sqs } from './find';

const attributesOf = (queue: Queue, now: number): Record<string, string> => {
  const { visible, notVisible, delayed } = countMessages(queue, now);
  return {
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ApproximateNumberOfMessagesNotVisible: String(notVisible),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    DelaySeconds: String(queue.delaySeconds),
    MaximumMessageSize: String(queue.maximumMessageBytes),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    QueueArn: queue.arn,
    VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
    ...(queue.redrive ? { RedrivePolicy: JSON.stringify(queue.redrive) } : {}),
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

/** Deletes all messages. AWS takes up to a minute; here they are gone at once. */
export const purgeQueue = (sqs: Sqs): Action<PurgeQueueCommandInput, object> => ({
  requires: needs('PurgeQueue'),
  run: ({ QueueUrl }) => {
    findQueue(sqs, QueueUrl).messages = [];
    return {};
  },
});
