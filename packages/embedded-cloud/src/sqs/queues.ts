import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import { messageLimitBytes, type Queue } from './state';

/** The options of a queue. An omitted option has AWS's default. */
export type QueueOptions = Pick<Queue, 'name'> &
  Partial<
    Pick<
      Queue,
      | 'visibilityTimeoutSeconds'
      | 'delaySeconds'
      | 'retentionSeconds'
      | 'maximumMessageBytes'
      | 'waitSeconds'
      | 'redrive'
      | 'fifo'
      | 'policy'
    >
  >;

const isFifoName = (nameOrArn: string): boolean => nameOrArn.endsWith('.fifo');

const invalid = (message: string) => new AwsError('InvalidParameterValue', message, { statusCode: 400 });

const ranges = [
  ['visibilityTimeoutSeconds', 'VisibilityTimeout', 0, 43_200],
  ['delaySeconds', 'DelaySeconds', 0, 900],
  ['retentionSeconds', 'MessageRetentionPeriod', 60, 1_209_600],
  ['maximumMessageBytes', 'MaximumMessageSize', 1024, messageLimitBytes],
  ['waitSeconds', 'ReceiveMessageWaitTimeSeconds', 0, 20],
] as const;

const check = (queue: Queue): void => {
  const { name, fifo, redrive } = queue;
  if (!/^[\w-]{1,80}$/.test(name.replace(/\.fifo$/, '')) || name.length > 80)
    throw invalid(
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length: ' + name,
    );
  if (isFifoName(name) !== (fifo !== undefined))
    throw invalid(
      `The name of a FIFO queue, and of no other, must end with the .fifo suffix and have the attribute FifoQueue: ${name}`,
    );
  for (const [member, attribute, least, most] of ranges) {
    const value = queue[member];
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) continue;
    throw new AwsError(
      'InvalidAttributeValue',
      `Invalid value for the parameter ${attribute}: ${String(value)}, not ${String(least)} to ${String(most)}.`,
    );
  }
  if (!redrive) return;
  if (isFifoName(redrive.deadLetterTargetArn) !== isFifoName(name))
    throw invalid(
      `Value ${JSON.stringify(redrive)} for parameter RedrivePolicy is invalid. ` +
        'Reason: Dead-letter queue must be same type of queue as the source.',
    );
  if (!(redrive.maxReceiveCount >= 1 && redrive.maxReceiveCount <= 1000))
    throw invalid(
      `Value ${JSON.stringify(redrive)} for parameter RedrivePolicy is invalid. ` +
        'Reason: Invalid value for maxReceiveCount: valid values are from 1 to 1000 both inclusive.',
    );
};

/** Makes a queue from options, with the messages of the former one. @throws AwsError */
export const makeQueue = (region: Region, options: QueueOptions, before: Queue | undefined): Queue => {
  const { name } = options;
  const queue: Queue = {
    visibilityTimeoutSeconds: 30,
    delaySeconds: 0,
    retentionSeconds: 345_600,
    maximumMessageBytes: messageLimitBytes,
    policy: [],
    ...options,
    arn: region.arn('sqs', name),
    url: `https://sqs.${region.name}.amazonaws.com/${region.account}/${name}`,
    createdAt: before?.createdAt ?? region.now(),
    messages: before?.messages ?? [],
    ...(before?.lastOrder !== undefined && { lastOrder: before.lastOrder }),
    ...(before?.recent && { recent: before.recent }),
  };
  check(queue);
  return queue;
};
