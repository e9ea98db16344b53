/** Functions on the messages of one queue. */
import { AwsError } from '../core/errors';
import {
  enter,
  firstReady,
  hideUntil,
  indexOf,
  leave,
  positionOf,
  type QueueIndex,
  nextVisibleAt,
} from './queueIndex';
import { inFlightLimit, type Message, type Queue } from './state';

/** Drops messages that are older than the queue's retention time. */
const forgetOld = (queue: Queue, now: number): QueueIndex => {
  const index = indexOf(queue, now);
  const oldest = now - queue.retentionSeconds * 1000;
  if (index.oldestSentAt > oldest) return index;
  queue.messages = queue.messages.filter(({ sentAt }) => sentAt > oldest);
  return indexOf(queue, now);
};

export type NewMessage = Omit<Message, 'order' | 'receiveCount' | 'receiptHandles'>;

/** Twenty digits that grow with the order of the messages. */
const sequenceNumberOf = (order: number): string => `1${String(order * 256).padStart(19, '0')}`;

/** Puts a message at the queue's end. */
export const addMessage = (queue: Queue, message: NewMessage, now: number): Message => {
  const index = indexOf(queue, now);
  const order = (queue.lastOrder ?? 0) + 1;
  queue.lastOrder = order;
  const added: Message = {
    ...message,
    ...(queue.fifo && { sequenceNumber: sequenceNumberOf(order) }),
    order,
    receiveCount: 0,
    receiptHandles: [],
  };
  queue.messages.push(added);
  enter(queue, index, added, now);
  return added;
};

export const removeMessage = (queue: Queue, message: Message, now: number): void => {
  const index = indexOf(queue, now);
  const position = positionOf(queue.messages, message.order);
  if (queue.messages[position] !== message) return;
  queue.messages.splice(position, 1);
  leave(queue, index, message);
};

export interface ReceiveRequest {
  readonly count: number;
  readonly visibilitySeconds: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

const isUsedUp = ({ redrive }: Queue, { receiveCount }: Message): boolean =>
  redrive !== undefined && receiveCount >= redrive.maxReceiveCount;

/** The next messages that a consumer can receive. In a FIFO queue they are of one group. */
const nextOf = (queue: Queue, index: QueueIndex, count: number): readonly Message[] => {
  const wanted = Math.min(count, inFlightLimit - index.inFlight);
  const first = firstReady(queue, index);
  if (!first) return [];
  if (!queue.fifo) return index.ready.slice(0, wanted);
  const group = index.groups.get(first.groupId ?? '') ?? [];
  const blocked = group.findIndex((message) => index.hidden.has(message));
  return group.slice(0, Math.min(wanted, blocked < 0 ? group.length : blocked));
};

/**
 * Receives messages for a consumer: the first visible ones, up to `count`. A FIFO queue gives as many as possible of
 * one group, then of the next group with none in flight. A message that was received as often as the redrive policy
 * allows goes to the dead-letter queue instead.
 *
 * @returns the received messages, the dead letters, and whether the in-flight limit is reached
 */
export const receive = (
  queue: Queue,
  { count, visibilitySeconds, now }: ReceiveRequest,
  newHandle: (order: number) => string,
): { taken: Message[]; dead: Message[]; isFull: boolean } => {
  const taken: Message[] = [];
  const dead: Message[] = [];
  const index = forgetOld(queue, now);
  while (taken.length < count && index.inFlight < inFlightLimit) {
    const next = nextOf(queue, index, count - taken.length);
    if (next.length === 0) break;
    const at = now + visibilitySeconds * 1000;
    const usedUp = next.filter((message) => isUsedUp(queue, message));
    for (const message of usedUp) removeMessage(queue, message, now);
    dead.push(...usedUp);
    for (const message of usedUp.length > 0 ? next.filter((one) => !usedUp.includes(one)) : next) {
      message.firstReceivedAt ??= now;
      message.receivedAt = now;
      message.receiptHandles.push(newHandle(message.order));
      hideUntil(queue, index, message, { at, now, receiving: true });
      taken.push(message);
    }
    // Messages that stay visible would be received again at once.
    if (visibilitySeconds === 0) break;
  }
  return { taken, dead, isFull: index.inFlight >= inFlightLimit };
};

/** Hides a message for this many seconds from now; 0 makes it visible at once. */
export const setVisibility = (queue: Queue, message: Message, seconds: number, now: number): void => {
  hideUntil(queue, indexOf(queue, now), message, { at: now + seconds * 1000, now });
};

export const isHidden = (queue: Queue, message: Message, now: number): boolean =>
  indexOf(queue, now).hidden.has(message);

/** Whether a message can be received now, and when (epoch milliseconds) the next hidden message becomes visible. */
export const outlook = (queue: Queue, now: number): { isReady: boolean; next: number | undefined } => {
  const index = forgetOld(queue, now);
  return { isReady: firstReady(queue, index) !== undefined, next: nextVisibleAt(index) };
};

/** The numbers of messages that are visible, in flight or delayed. */
export const countMessages = (queue: Queue, now: number) => {
  const { hidden, inFlight } = forgetOld(queue, now);
  return {
    visible: queue.messages.length - hidden.size,
    notVisible: inFlight,
    delayed: hidden.size - inFlight,
  };
};

/** A receipt handle contains its message's order, so that the message is found without a search. */
export const handleOf = (order: number, id: string): string => `AQEB${order.toString(36)}.${id}`;

/** The message of a receipt handle. @throws AwsError ReceiptHandleIsInvalid if it was never a handle */
export const messageOf = (
  queue: Queue,
  receiptHandle: string | undefined,
  now: number,
): Message | undefined => {
  const [, order] = /^AQEB([0-9a-z]*)\.?/.exec(receiptHandle ?? '') ?? [];
  if (receiptHandle === undefined || order === undefined) {
    const message = `The input receipt handle "${String(receiptHandle)}" is not a valid receipt handle.`;
    throw new AwsError('ReceiptHandleIsInvalid', message, { statusCode: 404 });
  }
  indexOf(queue, now);
  const message = queue.messages[positionOf(queue.messages, parseInt(order, 36))];
  return message?.receiptHandles.includes(receiptHandle) ? message : undefined;
};
