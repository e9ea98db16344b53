import type {
  Message as SdkMessage,
  ReceiveMessageCommandInput,
  ReceiveMessageResult,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../errors';
import type { Action } from '../../service';
import { md5, md5OfAttributes } from '../digest';
import { receive } from '../messages';
import type { Message } from '../state';
import { findQueue, needs, type Sqs } from './find';

/** The system attributes of a message, as an event source mapping hands them on too. */
export const systemAttributes = (message: Message): Record<string, string> => ({
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? 0),
  ApproximateReceiveCount: String(message.receiveCount),
  SenderId: message.senderId,
  SentTimestamp: String(message.sentAt),
});

const toSdk = (message: Message, wanted: readonly string[], wantedOwn: readonly string[]): SdkMessage => {
  const all = (names: readonly string[]) => names.includes('All');
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => all(wanted) || wanted.includes(name),
  );
  const own = Object.entries(message.attributes).filter(
    ([name]) => all(wantedOwn) || wantedOwn.includes('.*') || wantedOwn.includes(name),
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
      : { MessageAttributes: Object.fromEntries(own), MD5OfMessageAttributes: digest }),
  };
};

/**
 * Receives up to ten visible messages. `WaitTimeSeconds` is not waited for: an empty answer comes at once, as a
 * short poll's would.
 */
export const receiveMessage = (sqs: Sqs): Action<ReceiveMessageCommandInput, ReceiveMessageResult> => ({
  requires: needs('ReceiveMessage'),
  run: (input, region) => {
    const queue = findQueue(sqs, input.QueueUrl);
    const count = input.MaxNumberOfMessages ?? 1;
    if (count < 1 || count > 10) {
      const message = `Value ${String(count)} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`;
      throw new AwsError('InvalidParameterValue', message, { statusCode: 400 });
    }
    const visibilitySeconds = input.VisibilityTimeout ?? queue.visibilityTimeoutSeconds;
    const request = { count, visibilitySeconds, now: region.now() };
    const { taken, dead } = receive(queue, request, () => `AQEB${region.newId()}`);
    const target =
      queue.redrive && sqs.state.queues[queue.redrive.deadLetterTargetArn.split(':').at(-1) ?? ''];
    for (const message of dead)
      target?.messages.push({ ...message, visibleAt: region.now(), receiptHandles: [] });
    if (target && dead.length > 0) sqs.wake(target, 0);
    if (taken.length > 0) sqs.wake(queue, visibilitySeconds * 1000);
    const system = input.MessageSystemAttributeNames ?? input.AttributeNames ?? [];
    const messages = taken.map((message) => toSdk(message, system, input.MessageAttributeNames ?? []));
    return messages.length > 0 ? ({ Messages: messages } satisfies ReceiveMessageResult) : {};
  },
});
