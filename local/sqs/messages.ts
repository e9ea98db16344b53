/** What happens to the messages of one queue: plain functions on its state. */
import { AwsError } from '../errors';
import type { Message, Queue } from './state';

/** Drops what has lain longer than the queue keeps messages. */
export const forgetOld = (queue: Queue, now: number): void => {
  const oldest = now - queue.retentionSeconds * 1000;
  if (queue.messages.some(({ sentAt }) => sentAt <= oldest)) {
    queue.messages = queue.messages.filter(({ sentAt }) => sentAt > oldest);
  }
};

/**
 * Takes messages for a consumer: the first that are visible, up to `count`. One that was received as often as the
 * redrive policy allows goes to the dead-letter queue instead.
 *
 * @returns what was taken, and what went to the dead letters.
 */
export const receive = (
  queue: Queue,
  request: { readonly count: number; readonly visibilitySeconds: number; readonly now: number },
  newHandle: () => string,
): { taken: Message[]; dead: Message[] } => {
  const { count, visibilitySeconds, now } = request;
  forgetOld(queue, now);
  const taken: Message[] = [];
  const dead: Message[] = [];
  for (const message of queue.messages) {
    if (taken.length >= count) break;
    if (message.visibleAt > now) continue;
    if (queue.redrive && message.receiveCount >= queue.redrive.maxReceiveCount) {
      dead.push(message);
      continue;
    }
    message.receiveCount += 1;
    message.firstReceivedAt ??= now;
    message.visibleAt = now + visibilitySeconds * 1000;
    message.receiptHandles.push(newHandle());
    taken.push(message);
  }
  queue.messages = queue.messages.filter((message) => !dead.includes(message));
  return { taken, dead };
};

/** How many messages wait, are with a consumer, or are delayed. */
export const countMessages = (queue: Queue, now: number) => {
  forgetOld(queue, now);
  const hidden = queue.messages.filter(({ visibleAt }) => visibleAt > now);
  const delayed = hidden.filter(({ receiveCount }) => receiveCount === 0).length;
  return { visible: queue.messages.length - hidden.length, notVisible: hidden.length - delayed, delayed };
};

/** The message of a receipt handle. @throws AwsError ReceiptHandleIsInvalid for what never was one. */
export const messageOf = (queue: Queue, receiptHandle: string | undefined): Message | undefined => {
  if (!receiptHandle?.startsWith('AQEB')) {
    const message = `The input receipt handle "${String(receiptHandle)}" is not a valid receipt handle.`;
    throw new AwsError('ReceiptHandleIsInvalid', message, { statusCode: 404 });
  }
  return queue.messages.find(({ receiptHandles }) => receiptHandles.includes(receiptHandle));
};
