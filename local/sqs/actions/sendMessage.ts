import type {
  SendMessageBatchCommandInput,
  SendMessageBatchResult,
  SendMessageCommandInput,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../errors';
import type { Action, Caller } from '../../service';
import { md5, md5OfAttributes } from '../digest';
import { longestDelaySeconds, type MessageAttribute, messageLimitBytes, type Queue } from '../state';
import { eachEntry, findQueue, needs, type Sqs } from './find';

interface Outgoing {
  readonly MessageBody?: string | undefined;
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes?: SendMessageCommandInput['MessageAttributes'];
}

const sizeOf = (body: string, attributes: Readonly<Record<string, MessageAttribute>>): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = '' }]) => sum + Buffer.byteLength(name + DataType + StringValue),
    Buffer.byteLength(body),
  );

const invalid = (message: string): AwsError =>
  new AwsError('InvalidParameterValue', message, { statusCode: 400 });

const attributesOf = (given: Outgoing['MessageAttributes']): Record<string, MessageAttribute> =>
  Object.fromEntries(
    Object.entries(given ?? {}).map(([name, { DataType, StringValue }]) => {
      if (DataType === undefined || StringValue === undefined) {
        throw new AwsError(
          'UnsupportedOperation',
          `The message attribute '${name}' is binary, which is not modelled.`,
        );
      }
      return [name, { DataType, StringValue }];
    }),
  );

const sendOne = (sqs: Sqs, queue: Queue, outgoing: Outgoing, caller: Caller) => {
  const { MessageBody: body = '', DelaySeconds: delaySeconds } = outgoing;
  if (body === '')
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (delaySeconds !== undefined && (delaySeconds < 0 || delaySeconds > longestDelaySeconds)) {
    throw invalid(
      `Value ${String(delaySeconds)} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${String(longestDelaySeconds)}.`,
    );
  }
  const attributes = attributesOf(outgoing.MessageAttributes);
  if (sizeOf(body, attributes) > Math.min(queue.maximumMessageBytes, messageLimitBytes)) {
    throw invalid(
      `One or more parameters are invalid. Reason: Message must be shorter than ${String(queue.maximumMessageBytes)} bytes.`,
    );
  }
  const id = sqs.accept(queue, body, {
    attributes,
    senderId: caller.arn,
    ...(delaySeconds === undefined ? {} : { delaySeconds }),
  });
  const digest = md5OfAttributes(attributes);
  return {
    MessageId: id,
    MD5OfMessageBody: md5(body),
    ...(digest === undefined ? {} : { MD5OfMessageAttributes: digest }),
  };
};

export const sendMessage = (sqs: Sqs): Action<SendMessageCommandInput, SendMessageResult> => ({
  requires: needs('SendMessage'),
  run: (input, _region, caller) =>
    sendOne(sqs, findQueue(sqs, input.QueueUrl), input, caller) satisfies SendMessageResult,
});

export const sendMessageBatch = (sqs: Sqs): Action<SendMessageBatchCommandInput, SendMessageBatchResult> => ({
  requires: needs('SendMessage'),
  run: ({ QueueUrl, Entries }, _region, caller) => {
    const queue = findQueue(sqs, QueueUrl);
    const total = (Entries ?? []).reduce(
      (sum, { MessageBody = '' }) => sum + Buffer.byteLength(MessageBody),
      0,
    );
    if (total > messageLimitBytes) {
      const message = `Batch requests cannot be longer than ${String(messageLimitBytes)} bytes. You have sent ${String(total)} bytes.`;
      throw new AwsError('BatchRequestTooLong', message, { statusCode: 400 });
    }
    return eachEntry(Entries, (entry) => sendOne(sqs, queue, entry, caller)) satisfies SendMessageBatchResult;
  },
});
