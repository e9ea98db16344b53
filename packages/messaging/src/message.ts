import { InvalidMessage } from './errors';

/** The message attribute that carries a message's id through queues, spools and dead-letter queues. */
export const idAttribute = 'ForsetiMessageId';

/** A record of an SQS event, as far as it is read here (Lambda developer guide, "Using Lambda with Amazon SQS"). */
export interface SqsRecord {
  readonly messageId: string;
  readonly body: string;
  readonly receiptHandle?: string;
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  readonly messageAttributes?: Readonly<
    Record<string, { readonly dataType?: string; readonly stringValue?: string | undefined }>
  >;
  readonly eventSourceARN?: string;
  readonly awsRegion?: string;
}

export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

/** A partition key of DynamoDB holds 2,048 bytes, and the consumer's name is a part of it. */
export const maxIdBytes = 1024;

/** What is wrong with an id, or undefined. */
export const checkId = (id: string): string | undefined => {
  if (id === '') return 'its id is empty, expected at least one character';
  const bytes = Buffer.byteLength(id);
  return bytes > maxIdBytes
    ? `its id has ${String(bytes)} bytes, expected at most ${String(maxIdBytes)}`
    : undefined;
};

/**
 * The id that the publisher gave. A message of another sender has SQS's own, which stays the same over deliveries, but not
 * over a redrive, nor in another region.
 * @throws InvalidMessage
 */
export const idOf = (record: SqsRecord): string => {
  const id = record.messageAttributes?.[idAttribute]?.stringValue ?? record.messageId;
  const problem = checkId(id);
  if (problem !== undefined) throw new InvalidMessage([problem]);
  return id;
};

/** The FIFO group. The group ids of a standard queue (fair queues) keep no order. */
export const fifoGroupOf = (record: SqsRecord): string | undefined =>
  record.eventSourceARN?.endsWith('.fifo') === true ? record.attributes?.MessageGroupId : undefined;

/** The key of a consumer's mark of a message: each consumer has its own effect. */
export const markId = (consumer: string, id: string): string => `${consumer}/${id}`;
