import { createHash } from 'node:crypto';
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

/** What SNS puts around a message for a queue without raw message delivery (SNS developer guide, "Parsing message formats"). */
interface Envelope {
  readonly MessageId: string;
  readonly Message: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly Value?: unknown } | undefined>>;
}

const envelopeOf = ({ body }: Pick<SqsRecord, 'body'>): Envelope | undefined => {
  // Most bodies are none, and need no parsing.
  if (!body.startsWith('{') || !body.includes('"Notification"')) return undefined;
  try {
    const read = JSON.parse(body) as Partial<Envelope> & { readonly Type?: unknown };
    const isEnvelope =
      read.Type === 'Notification' && typeof read.MessageId === 'string' && typeof read.Message === 'string';
    return isEnvelope ? (read as Envelope) : undefined;
  } catch {
    return undefined;
  }
};

/** What a message says: its body, without the envelope of SNS, which differs with each publishing. */
export const contentOf = (record: Pick<SqsRecord, 'body'>): string =>
  envelopeOf(record)?.Message ?? record.body;

/** As marks keep what a message says. */
export const hashOf = (content: string | undefined): string | undefined =>
  content === undefined ? undefined : createHash('sha256').update(content).digest('base64url');

/** The publisher's id, or SNS's own, of a message in SNS's envelope. */
export const idInEnvelope = (record: Pick<SqsRecord, 'body'>): string | undefined => {
  const envelope = envelopeOf(record);
  if (!envelope) return undefined;
  const given = envelope.MessageAttributes?.[idAttribute]?.Value;
  return typeof given === 'string' ? given : envelope.MessageId;
};

/**
 * The id that the publisher gave, also inside the envelope of SNS, where it is the attribute of the same name, or else SNS's
 * own id. A message of another sender has SQS's own, which stays the same over deliveries, but not
 * over a redrive, nor in another region.
 * @throws InvalidMessage
 */
export const idOf = (record: SqsRecord): string => {
  const id = record.messageAttributes?.[idAttribute]?.stringValue ?? idInEnvelope(record) ?? record.messageId;
  const problem = checkId(id);
  if (problem !== undefined) throw new InvalidMessage([problem]);
  return id;
};

/** The FIFO group. The group ids of a standard queue (fair queues) keep no order. */
export const fifoGroupOf = (record: SqsRecord): string | undefined =>
  record.eventSourceARN?.endsWith('.fifo') === true ? record.attributes?.MessageGroupId : undefined;

/** The key of a consumer's mark of a message: each consumer has its own effect. */
export const markId = (consumer: string, id: string): string => `${consumer}/${id}`;
