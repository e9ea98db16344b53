import type {
  Message as SdkMessage,
  ReceiveMessageCommandInput,
  ReceiveMessageResult,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { md5, md5OfAttributes } from '../digest';
import { handleOf, receive } from '../messages';
import { maxVisibilitySeconds, maxWaitSeconds, type Message, type Queue } from '../state';
import { findQueue, needs, type Sqs } from './find';

/** A message's system attributes, which event source mappings pass on too. */
export const systemAttributes = (message: Message): Record<string, string> => ({
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? 0),
  ApproximateReceiveCount: String(message.receiveCount),
  SenderId: message.senderId,
  SentTimestamp: String(message.sentAt),
  ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
  ...(message.deduplicationId !== undefined && { MessageDeduplicationId: message.deduplicationId }),
  ...(message.sequenceNumber !== undefined && { SequenceNumber: message.sequenceNumber }),
  ...(message.deadLetterSourceArn !== undefined && {
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  }),
});

const attributesOut = (attributes: Message['attributes']): SdkMessage['MessageAttributes'] =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      BinaryValue === undefined
        ? { DataType, StringValue }
        : { DataType, BinaryValue: new Uint8Array(Buffer.from(BinaryValue, 'base64')) },
    ]),
  );

const toSdk = (message: Message, wanted: readonly string[], wantedOwn: readonly string[]): SdkMessage => {
  const all = (names: readonly string[]) => names.includes('All');
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => all(wanted) || wanted.includes(name),
  );
  const own = Object.entries(message.attributes).filter(
    ([name]) =>
      all(wantedOwn) ||
      wantedOwn.some((one) => one === name || (one.endsWith('.*') && name.startsWith(one.slice(0, -2)))),
  );
  const digest = md5OfAttributes(Object.fromEntries(own));
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandles.at(-1) ?? '',
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(system.length > 0 ? { Attributes: Object.fromEntries(system) } : {}),
    ...(digest === undefined
      ? {}
      : { MessageAttributes: attributesOut(Object.fromEntries(own)), MD5OfMessageAttributes: digest }),
  };
};

const checkRange = (name: string, value: number, least: number, most: number): void => {
  if (value >= least && value <= most) return;
  const message = `Value ${String(value)} for parameter ${name} is invalid. Reason: Must be between ${String(least)} and ${String(most)}, if provided.`;
  throw new AwsError('InvalidParameterValue', message, { statusCode: 400 });
};

/**
 * Moves messages to the dead-letter queue. "For standard queues, the enqueue timestamp is unchanged; for FIFO queues
 * it resets" (developer guide, "Using dead-letter queues").
 */
const bury = (sqs: Sqs, queue: Queue, dead: readonly Message[], now: number): void => {
  const target = queue.redrive && sqs.queue(queue.redrive.deadLetterTargetArn);
  if (!target) return;
  for (const message of dead) {
    const { id, body, attributes, senderId, sentAt, groupId, deduplicationId } = message;
    sqs.put(target, {
      ...{ id, body, attributes, senderId, visibleAt: now, deadLetterSourceArn: queue.arn },
      ...(message.firstReceivedAt !== undefined && { firstReceivedAt: message.firstReceivedAt }),
      sentAt: target.fifo ? now : sentAt,
      ...(groupId !== undefined && { groupId }),
      ...(deduplicationId !== undefined && { deduplicationId }),
    });
  }
};

const receiveOnce = (sqs: Sqs, queue: Queue, input: ReceiveMessageCommandInput, region: Region) => {
  const visibilitySeconds = input.VisibilityTimeout ?? queue.visibilityTimeoutSeconds;
  const request = { count: input.MaxNumberOfMessages ?? 1, visibilitySeconds, now: region.now() };
  const { taken, dead, isFull } = receive(queue, request, (order) => handleOf(order, region.newId()));
  bury(sqs, queue, dead, region.now());
  if (taken.length > 0) sqs.wake(queue, visibilitySeconds * 1000);
  const system = input.MessageSystemAttributeNames ?? input.AttributeNames ?? [];
  const Messages = taken.map((message) => toSdk(message, system, input.MessageAttributeNames ?? []));
  const answer: ReceiveMessageResult = Messages.length > 0 ? { Messages } : {};
  return { answer, isEmpty: Messages.length === 0, isFull };
};

const overLimit = () =>
  new AwsError('OverLimit', 'The maximum number of in flight messages is reached.', { statusCode: 403 });

/**
 * Receives up to ten visible messages. If there are none, it waits as long as the call or else the queue says. Too
 * many messages in flight are an error only for short polls of standard queues ("Amazon SQS standard queue quotas").
 */
export const receiveMessage = (sqs: Sqs): Action<ReceiveMessageCommandInput, ReceiveMessageResult> => ({
  requires: needs('ReceiveMessage'),
  run: (input, region) => {
    const queue = findQueue(sqs, input.QueueUrl);
    checkRange('MaxNumberOfMessages', input.MaxNumberOfMessages ?? 1, 1, 10);
    checkRange('VisibilityTimeout', input.VisibilityTimeout ?? 0, 0, maxVisibilitySeconds);
    checkRange('WaitTimeSeconds', input.WaitTimeSeconds ?? 0, 0, maxWaitSeconds);
    const waitSeconds = input.WaitTimeSeconds ?? queue.waitSeconds ?? 0;
    const first = receiveOnce(sqs, queue, input, region);
    if (!first.isEmpty) return first.answer;
    if (waitSeconds > 0)
      return sqs.longPolls.wait(queue, waitSeconds, () => receiveOnce(sqs, queue, input, region));
    if (first.isFull && !queue.fifo) throw overLimit();
    return first.answer;
  },
});
