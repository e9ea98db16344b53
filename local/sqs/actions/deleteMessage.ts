import type {
  ChangeMessageVisibilityCommandInput,
  DeleteMessageBatchCommandInput,
  DeleteMessageBatchResult,
  DeleteMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../errors';
import type { Action } from '../../service';
import { messageOf } from '../messages';
import { longestVisibilitySeconds, type Queue } from '../state';
import { eachEntry, findQueue, needs, type Sqs } from './find';

/** Deleting twice, or by an older receipt handle, succeeds. */
const deleteOne = (queue: Queue, receiptHandle: string | undefined): object => {
  const message = messageOf(queue, receiptHandle);
  if (message) queue.messages = queue.messages.filter((other) => other !== message);
  return {};
};

export const deleteMessage = (sqs: Sqs): Action<DeleteMessageCommandInput, object> => ({
  requires: needs('DeleteMessage'),
  run: ({ QueueUrl, ReceiptHandle }) => deleteOne(findQueue(sqs, QueueUrl), ReceiptHandle),
});

export const deleteMessageBatch = (
  sqs: Sqs,
): Action<DeleteMessageBatchCommandInput, DeleteMessageBatchResult> => ({
  requires: needs('DeleteMessage'),
  run: ({ QueueUrl, Entries }) => {
    const queue = findQueue(sqs, QueueUrl);
    return eachEntry(Entries, ({ ReceiptHandle }) =>
      deleteOne(queue, ReceiptHandle),
    ) satisfies DeleteMessageBatchResult;
  },
});

/** Counts from now; 0 makes the message visible at once. */
export const changeMessageVisibility = (sqs: Sqs): Action<ChangeMessageVisibilityCommandInput, object> => ({
  requires: needs('ChangeMessageVisibility'),
  run: ({ QueueUrl, ReceiptHandle, VisibilityTimeout = 0 }, region) => {
    const queue = findQueue(sqs, QueueUrl);
    if (VisibilityTimeout < 0 || VisibilityTimeout > longestVisibilitySeconds) {
      const message = `Value ${String(VisibilityTimeout)} for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and ${String(longestVisibilitySeconds)}.`;
      throw new AwsError('InvalidParameterValue', message, { statusCode: 400 });
    }
    const message = messageOf(queue, ReceiptHandle);
    if (!message || message.visibleAt <= region.now()) {
      const problem = `Value ${String(ReceiptHandle)} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`;
      throw new AwsError(message ? 'MessageNotInflight' : 'InvalidParameterValue', problem, {
        statusCode: 400,
      });
    }
    message.visibleAt = region.now() + VisibilityTimeout * 1000;
    sqs.wake(queue, VisibilityTimeout * 1000);
    return {};
  },
});
