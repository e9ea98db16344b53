import type {
  ChangeMessageVisibilityBatchCommandInput,
  ChangeMessageVisibilityBatchResult,
  ChangeMessageVisibilityCommandInput,
  DeleteMessageBatchCommandInput,
  DeleteMessageBatchResult,
  DeleteMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { isHidden, messageOf, removeMessage, setVisibility } from '../messages';
import { maxVisibilitySeconds, type Message, type Queue } from '../state';
import { eachEntry, findQueue, needs, type Sqs } from './find';

const invalidHandle = (receiptHandle: string | undefined, reason: string) =>
  new AwsError(
    'InvalidParameterValue',
    `Value ${String(receiptHandle)} for parameter ReceiptHandle is invalid. Reason: ${reason}`,
    { statusCode: 400 },
  );

/**
 * Deletes a message. A repeated deletion or an older receipt handle succeeds. In a FIFO queue, it must be in flight.
 */
const deleteOne = (sqs: Sqs, queue: Queue, receiptHandle: string | undefined, now: number): object => {
  const message = messageOf(queue, receiptHandle, now);
  if (!message) return {};
  if (queue.fifo && (!isHidden(queue, message, now) || message.receiptHandles.at(-1) !== receiptHandle))
    throw invalidHandle(receiptHandle, 'The receipt handle has expired.');
  removeMessage(queue, message, now);
  // The rest of its group may be available now.
  if (queue.fifo) sqs.wakeForNext(queue);
  return {};
};

export const deleteMessage = (sqs: Sqs): Action<DeleteMessageCommandInput, object> => ({
  requires: needs('DeleteMessage'),
  run: ({ QueueUrl, ReceiptHandle }, region) =>
    deleteOne(sqs, findQueue(sqs, QueueUrl), ReceiptHandle, region.now()),
});

export const deleteMessageBatch = (
  sqs: Sqs,
): Action<DeleteMessageBatchCommandInput, DeleteMessageBatchResult> => ({
  requires: needs('DeleteMessage'),
  run: ({ QueueUrl, Entries }, region) => {
    const queue = findQueue(sqs, QueueUrl);
    return eachEntry(Entries, ({ ReceiptHandle }) =>
      deleteOne(sqs, queue, ReceiptHandle, region.now()),
    ) satisfies DeleteMessageBatchResult;
  },
});

const checkVisibility = (message: Message, seconds: number, now: number): void => {
  const total = (now - (message.receivedAt ?? now)) / 1000 + seconds;
  if (seconds >= 0 && total <= maxVisibilitySeconds) return;
  const reason =
    seconds >= 0 && seconds <= maxVisibilitySeconds
      ? `Total VisibilityTimeout for the message is beyond the limit [${String(maxVisibilitySeconds)} seconds]`
      : `Must be between 0 and ${String(maxVisibilitySeconds)}.`;
  const text = `Value ${String(seconds)} for parameter VisibilityTimeout is invalid. Reason: ${reason}`;
  throw new AwsError('InvalidParameterValue', text, { statusCode: 400 });
};

const notAvailable = 'Message does not exist or is not available for visibility timeout change.';

/** The new visibility timeout starts now; 0 makes the message visible at once. */
const changeOne = (
  sqs: Sqs,
  queue: Queue,
  given: { readonly ReceiptHandle?: string | undefined; readonly VisibilityTimeout?: number | undefined },
  now: number,
): object => {
  const { ReceiptHandle, VisibilityTimeout = 0 } = given;
  const message = messageOf(queue, ReceiptHandle, now);
  if (!message) throw invalidHandle(ReceiptHandle, notAvailable);
  checkVisibility(message, VisibilityTimeout, now);
  if (!isHidden(queue, message, now))
    throw new AwsError(
      'MessageNotInflight',
      `Value ${String(ReceiptHandle)} for parameter ReceiptHandle is invalid. Reason: ${notAvailable}`,
      { statusCode: 400 },
    );
  setVisibility(queue, message, VisibilityTimeout, now);
  sqs.wake(queue, VisibilityTimeout * 1000);
  return {};
};

export const changeMessageVisibility = (sqs: Sqs): Action<ChangeMessageVisibilityCommandInput, object> => ({
  requires: needs('ChangeMessageVisibility'),
  run: (input, region) => changeOne(sqs, findQueue(sqs, input.QueueUrl), input, region.now()),
});

export const changeMessageVisibilityBatch = (
  sqs: Sqs,
): Action<ChangeMessageVisibilityBatchCommandInput, ChangeMessageVisibilityBatchResult> => ({
  requires: needs('ChangeMessageVisibility'),
  run: ({ QueueUrl, Entries }, region) => {
    const queue = findQueue(sqs, QueueUrl);
    return eachEntry(Entries, (entry) =>
      changeOne(sqs, queue, entry, region.now()),
    ) satisfies ChangeMessageVisibilityBatchResult;
  },
});
