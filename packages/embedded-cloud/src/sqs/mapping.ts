/**
 * Event source mappings: Lambda's own pollers. They receive with the function's role, invoke the function and delete
 * the messages that it handled (developer guide, "Using Lambda with Amazon SQS").
 */
import type { Message as SdkMessage, ReceiveMessageResult } from '@aws-sdk/client-sqs';
import { AwsError } from '../core/errors';
import type { Caller, Region } from '../core/service';
import type { Mapping, Queue } from './state';

/** After a refused poll (throttled, not allowed), the next one is this much later. */
export const pollAgainMs = 60_000;

const invalid = (message: string) =>
  new AwsError('InvalidParameterValueException', message, { statusCode: 400, Type: 'User' });

/**
 * Checks a mapping's settings (developer guide, "Creating and configuring an Amazon SQS event source mapping").
 * @throws AwsError InvalidParameterValueException if Lambda would refuse them
 */
export const checkMapping = (mapping: Omit<Mapping, 'id'>): void => {
  const { batchSize, windowSeconds, maximumConcurrency, queueArn } = mapping;
  const isFifo = queueArn.endsWith('.fifo');
  const most = isFifo ? 10 : 10_000;
  if (!(batchSize >= 1 && batchSize <= most))
    throw invalid(
      `Maximum batch size for this queue is ${String(most)}, the least is 1: ${String(batchSize)}.`,
    );
  if (!(windowSeconds >= 0 && windowSeconds <= 300))
    throw invalid(`Maximum batch window in seconds must be from 0 to 300: ${String(windowSeconds)}.`);
  if (isFifo && windowSeconds > 0) throw invalid('Batching window is not supported for FIFO queues.');
  if (batchSize > 10 && windowSeconds < 1)
    throw invalid(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  if (!(maximumConcurrency >= 2 && maximumConcurrency <= 1000))
    throw invalid(`MaximumConcurrency must be from 2 to 1000: ${String(maximumConcurrency)}.`);
};

interface BatchResponse {
  readonly batchItemFailures?: readonly { readonly itemIdentifier?: string }[] | null;
}

const recordOf = (region: Region, queue: Queue, message: SdkMessage) => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes ?? {},
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      BinaryValue
        ? { dataType: DataType, binaryValue: Buffer.from(BinaryValue).toString('base64') }
        : { dataType: DataType, stringValue: StringValue },
    ]),
  ),
  md5OfBody: message.MD5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN: queue.arn,
  awsRegion: region.name,
});

/**
 * The messages of a successful batch that are handled and can be deleted. With ReportBatchItemFailures these are all
 * but the reported ones. If the response is unreadable or names an id that is not in the batch, there are none.
 */
export const doneOf = (
  ids: readonly string[],
  answer: unknown,
  reportsItemFailures: boolean,
): readonly string[] => {
  if (!reportsItemFailures) return ids;
  const failures = (answer as BatchResponse | null | undefined)?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return [];
  const failed = failures.map((failure: { itemIdentifier?: string }) => failure.itemIdentifier ?? '');
  return failed.every((id) => ids.includes(id)) ? ids.filter((id) => !failed.includes(id)) : [];
};

const pollerOf = ({ roleArn, functionName }: Mapping): Caller => ({
  kind: 'function',
  arn: roleArn,
  name: functionName,
});

/** Receives a batch; undefined if SQS refuses the call. */
export const receiveBatch = async (
  region: Region,
  mapping: Mapping,
  queue: Queue,
): Promise<readonly SdkMessage[] | undefined> => {
  const messages: SdkMessage[] = [];
  try {
    while (messages.length < mapping.batchSize) {
      const { Messages = [] } = await region.call<ReceiveMessageResult>(
        pollerOf(mapping),
        'sqs',
        'ReceiveMessage',
        {
          QueueUrl: queue.url,
          MaxNumberOfMessages: Math.min(10, mapping.batchSize - messages.length),
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        },
      );
      if (Messages.length === 0) break;
      messages.push(...Messages);
    }
    return messages;
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
};

/**
 * Invokes the function with a batch and deletes the handled messages. The others become visible again after their
 * visibility timeout.
 */
export const handleBatch = async (
  region: Region,
  mapping: Mapping,
  queue: Queue,
  batch: readonly SdkMessage[],
): Promise<void> => {
  try {
    const event = { Records: batch.map((message) => recordOf(region, queue, message)) };
    const outcome = await region.service('lambda').invoke(mapping.functionName, event);
    if ('error' in outcome) return;
    const ids = batch.map(({ MessageId }) => MessageId ?? '');
    const done = new Set(doneOf(ids, outcome.payload, mapping.reportsItemFailures));
    const entries = batch.filter(({ MessageId }) => done.has(MessageId ?? ''));
    for (let start = 0; start < entries.length; start += 10) {
      const Entries = entries
        .slice(start, start + 10)
        .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await region.call(pollerOf(mapping), 'sqs', 'DeleteMessageBatch', { QueueUrl: queue.url, Entries });
    }
  } catch (error) {
    // Throttled or not allowed: the messages become visible again.
    if (!(error instanceof AwsError)) throw error;
  }
};
