import type { Region } from '../core/service';
import type { Message, Queue } from '../sqs/state';
import type { Alarm } from './state';

/** The part of SQS that its metrics need; a cloud may have no SQS. */
interface Sqs {
  queue?(name: string): Queue | undefined;
  count?(name: string): { visible: number; notVisible: number; delayed: number };
}

/**
 * A message received more often than this without being deleted no longer counts as the oldest (SQS Developer Guide,
 * "Available metrics").
 */
const maxReceives = 3;

const isOldest = ({ receiveCount, visibleAt }: Message, now: number): boolean =>
  receiveCount <= maxReceives && (receiveCount > 0 || visibleAt <= now);

const ageSeconds = ({ messages }: Queue, now: number): number => {
  const oldest = messages.find((message) => isOldest(message, now));
  return oldest ? Math.floor((now - oldest.sentAt) / 1000) : 0;
};

const gauges: Readonly<Record<string, (sqs: Sqs, queue: Queue, now: number) => number | undefined>> = {
  ApproximateNumberOfMessagesVisible: (sqs, { name }) => sqs.count?.(name).visible,
  ApproximateNumberOfMessagesNotVisible: (sqs, { name }) => sqs.count?.(name).notVisible,
  ApproximateNumberOfMessagesDelayed: (sqs, { name }) => sqs.count?.(name).delayed,
  ApproximateAgeOfOldestMessage: (_sqs, queue, now) => ageSeconds(queue, now),
};

/** The queue of an alarm; undefined if the alarm is not on a simulated SQS metric. */
export const queueOf = ({ configuration: { Namespace, MetricName = '', Dimensions = [] } }: Alarm) =>
  Namespace === 'AWS/SQS' && MetricName in gauges
    ? Dimensions.find(({ Name }) => Name === 'QueueName')?.Value
    : undefined;

/** The metric's value now; undefined if the queue does not exist. */
export const measure = (region: Region, { configuration: { MetricName = '' } }: Alarm, name: string) => {
  const sqs = region.service('sqs') as Sqs | undefined;
  const queue = sqs?.queue?.(name);
  return sqs && queue ? gauges[MetricName]?.(sqs, queue, region.now()) : undefined;
};

/** Whether the queue holds no message, visible or not. */
export const isEmpty = (region: Region, name: string): boolean =>
  ((region.service('sqs') as Sqs | undefined)?.queue?.(name)?.messages.length ?? 0) === 0;
