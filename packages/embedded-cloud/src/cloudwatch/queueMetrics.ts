import type { Region } from '../core/service';
import type { Message, Queue } from '../sqs/state';
import type { Alarm } from './state';

/** As much of SQS as its metrics need; it may be missing. */
interface Sqs {
  queue?(name: string): Queue | undefined;
  count?(name: string): { visible: number; notVisible: number; delayed: number };
}

/** A message that was received so often and not deleted is no longer the oldest: SQS Developer Guide, "Available metrics". */
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

/** The queue that an alarm watches by a metric that is modelled. */
export const queueOf = ({ configuration: { Namespace, MetricName = '', Dimensions = [] } }: Alarm) =>
  Namespace === 'AWS/SQS' && MetricName in gauges
    ? Dimensions.find(({ Name }) => Name === 'QueueName')?.Value
    : undefined;

/** What the metric shows as of now; undefined where there is no such queue. */
export const measure = (region: Region, { configuration: { MetricName = '' } }: Alarm, name: string) => {
  const sqs = region.service('sqs') as Sqs | undefined;
  const queue = sqs?.queue?.(name);
  return sqs && queue ? gauges[MetricName]?.(sqs, queue, region.now()) : undefined;
};

/** Whether anything lies in it that will be seen later. */
export const isEmpty = (region: Region, name: string): boolean =>
  ((region.service('sqs') as Sqs | undefined)?.queue?.(name)?.messages.length ?? 0) === 0;
