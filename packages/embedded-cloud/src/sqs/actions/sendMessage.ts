import type {
  SendMessageBatchCommandInput,
  SendMessageBatchResult,
  SendMessageCommandInput,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../core/errors';
import type { Action, Caller } from '../../core/service';
import { md5, md5OfAttributes } from '../digest';
import { maxDelaySeconds, type MessageAttribute, messageLimitBytes, type Queue } from '../state';
import { eachEntry, findQueue, needs, type Sqs } from './find';

interface Outgoing {
  readonly MessageBody?: string | undefined;
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes?: SendMessageCommandInput['MessageAttributes'];
  readonly MessageGroupId?: string | undefined;
  readonly MessageDeduplicationId?: string | undefined;
}

const sizeOf = (body: string, attributes: Readonly<Record<string, MessageAttribute>>): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue) + Buffer.byteLength(BinaryValue, 'base64'),
    Buffer.byteLength(body),
  );

const invalid = (message: string): AwsError =>
  new AwsError('InvalidParameterValue', message, { statusCode: 400 });

const attributesOf = (given: Outgoing['MessageAttributes']): Record<string, MessageAttribute> =>
  Object.fromEntries(
    Object.entries(given ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => {
      if (DataType === undefined || !/^(String|Number|Binary)(\..+)?$/.test(DataType))
        throw invalid(
          `The type of message attribute '${name}' is invalid. It must be String, Number or Binary.`,
        );
      const isBinary = DataType.startsWith('Binary');
      if ((isBinary ? BinaryValue?.length : StringValue?.length) === undefined)
        throw invalid(
          `The message attribute '${name}' must contain a non-empty value of the type '${DataType}'.`,
        );
      return [
        name,
        isBinary
          ? { DataType, BinaryValue: Buffer.from(BinaryValue ?? []).toString('base64') }
          : { DataType, StringValue: StringValue ?? '' },
      ];
    }),
  );

/** Anything else than the characters that a message may have (API reference, SendMessage, MessageBody). */
const strange = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

const sendOne = (sqs: Sqs, queue: Queue, outgoing: Outgoing, caller: Caller) => {
  const { MessageBody: body = '', DelaySeconds: delaySeconds } = outgoing;
  if (body === '')
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (delaySeconds !== undefined && (delaySeconds < 0 || delaySeconds > maxDelaySeconds)) {
    throw invalid(
      `Value ${String(delaySeconds)} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${String(maxDelaySeconds)}.`,
    );
  }
  if (strange.test(body))
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid binary character was found in the message body, the set of allowed characters is #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
      { statusCode: 400 },
    );
  const attributes = attributesOf(outgoing.MessageAttributes);
  if (sizeOf(body, attributes) > Math.min(queue.maximumMessageBytes, messageLimitBytes)) {
    throw invalid(
      `One or more parameters are invalid. Reason: Message must be shorter than ${String(queue.maximumMessageBytes)} bytes.`,
    );
  }
  const { MessageGroupId: groupId, MessageDeduplicationId: deduplicationId } = outgoing;
  const { id, sequenceNumber } = sqs.accept(queue, body, {
    attributes,
    senderId: caller.arn,
    ...(delaySeconds === undefined ? {} : { delaySeconds }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(deduplicationId === undefined ? {} : { deduplicationId }),
  });
  const digest = md5OfAttributes(attributes);
  return {
    MessageId: id,
    ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }),
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
