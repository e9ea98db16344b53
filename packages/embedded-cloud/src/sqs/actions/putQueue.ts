import type {
  CreateQueueCommandInput,
  CreateQueueResult,
  DeleteQueueCommandInput,
  SetQueueAttributesCommandInput,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../core/errors';
import { statementsOf } from '../../iam/statement';
import type { Action } from '../../core/service';
import type { QueueOptions } from '../queues';
import type { Queue } from '../state';
import { findQueue, needs, type Sqs } from './find';

type Attributes = Readonly<Record<string, string>>;

const numbers = {
  VisibilityTimeout: 'visibilityTimeoutSeconds',
  DelaySeconds: 'delaySeconds',
  MessageRetentionPeriod: 'retentionSeconds',
  MaximumMessageSize: 'maximumMessageBytes',
  ReceiveMessageWaitTimeSeconds: 'waitSeconds',
} as const;

const others = [
  'RedrivePolicy',
  'Policy',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
];

const parsed = (name: string, value: string): Record<string, unknown> => {
  try {
    return JSON.parse(value) as Record<string, unknown>;
  } catch {
    throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
  }
};

const redriveOf = (value: string): Queue['redrive'] => {
  const { deadLetterTargetArn, maxReceiveCount } = parsed('RedrivePolicy', value);
  return { deadLetterTargetArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
};

const fifoOf = (given: Attributes, before: Queue['fifo']): Queue['fifo'] => {
  if (before === undefined && given.FifoQueue !== 'true') return undefined;
  const content = given.ContentBasedDeduplication;
  return {
    contentBasedDeduplication:
      content === undefined ? (before?.contentBasedDeduplication ?? false) : content === 'true',
    deduplicationScope:
      (given.DeduplicationScope ?? before?.deduplicationScope) === 'messageGroup' ? 'messageGroup' : 'queue',
    throughputLimit:
      (given.FifoThroughputLimit ?? before?.throughputLimit) === 'perMessageGroupId'
        ? 'perMessageGroupId'
        : 'perQueue',
  };
};

/** A queue's options from the attributes of a call. @throws AwsError InvalidAttributeName, InvalidAttributeValue */
const optionsOf = (name: string, given: Attributes, before?: Queue): QueueOptions => {
  const unknown = Object.keys(given).filter((key) => !(key in numbers) && !others.includes(key));
  if (unknown.length > 0)
    throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown.join(', ')}.`);
  const changes = Object.entries(numbers).flatMap(([attribute, member]) =>
    given[attribute] === undefined ? [] : [[member, Number(given[attribute])] as const],
  );
  const fifo = fifoOf(given, before?.fifo);
  return {
    ...before,
    name,
    ...Object.fromEntries(changes),
    ...(fifo && { fifo }),
    ...(given.RedrivePolicy !== undefined && { redrive: redriveOf(given.RedrivePolicy) }),
    ...(given.Policy !== undefined && { policy: statementsOf([parsed('Policy', given.Policy)]) }),
  } as QueueOptions;
};

export const createQueue = (sqs: Sqs): Action<CreateQueueCommandInput, CreateQueueResult> => ({
  requires: ({ QueueName }, region) => [
    { action: 'sqs:CreateQueue', resource: region.arn('sqs', QueueName ?? '') },
  ],
  run: ({ QueueName = '', Attributes = {} }) => {
    const before = sqs.state.queues[QueueName];
    if (!before) return { QueueUrl: sqs.createQueue(optionsOf(QueueName, Attributes)) };
    const same = optionsOf(QueueName, Attributes, before);
    if (JSON.stringify(same) !== JSON.stringify(before))
      throw new AwsError(
        'QueueNameExists',
        `A queue already exists with the same name and a different value for an attribute: ${QueueName}`,
      );
    return { QueueUrl: before.url } satisfies CreateQueueResult;
  },
});

export const setQueueAttributes = (sqs: Sqs): Action<SetQueueAttributesCommandInput, object> => ({
  requires: needs('SetQueueAttributes'),
  run: ({ QueueUrl, Attributes = {} }) => {
    const before = findQueue(sqs, QueueUrl);
    if (Attributes.FifoQueue !== undefined)
      throw new AwsError('InvalidAttributeName', 'You can specify FifoQueue only during queue creation.');
    sqs.createQueue(optionsOf(before.name, Attributes, before));
    return {};
  },
});

/** Deletes the queue and its messages. */
export const deleteQueue = (sqs: Sqs): Action<DeleteQueueCommandInput, object> => ({
  requires: needs('DeleteQueue'),
  run: ({ QueueUrl }) => {
    Reflect.deleteProperty(sqs.state.queues, findQueue(sqs, QueueUrl).name);
    return {};
  },
});
