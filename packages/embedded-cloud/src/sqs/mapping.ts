/**
 * Event source mappings: Lambda's own pollers, which receive with the function's role, invoke the function and delete
 * what it did (developer guide, "Using Lambda with Amazon SQS").
 */
import type { Message as SdkMessage, ReceiveMessageResult } from '@aws-sdk/client-sqs';
import { AwsError } from '../core/errors';
import type { Caller, Region } from '../core/service';
import type { Mapping, Queue } from './state';

/** A refused poll (throttled, not allowed) is tried again after so long. */
export const pollAgainMs = 60_000;

const invalid = (message: string) =>
  new AwsError('InvalidParameterValueException', message, { statusCode: 400, Type: 'User' });

/**
 * What Lambda refuses of a mapping (developer guide, "Creating and configuring an Amazon SQS event source mapping").
 * @throws AwsError InvalidParameterValueException
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
 * Which messages of a batch are done: all unless the function failed; with ReportBatchItemFailures all but those it
 * names. An answer that cannot be read, or a name that is not in the batch, means that none is.
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

/** Receives a batch; undefined where the role may not, or the queue is gone. */
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

/** Hands a batch to the function and deletes what it did; the rest becomes visible when its time is up. */
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
    // Throttled or not allowed: the messages come back.
    if (!(error instanceof AwsError)) throw error;
  }
};
