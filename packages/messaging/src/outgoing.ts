import { createHash } from 'node:crypto';
import type { MessageAttributeValue, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { InvalidMessage } from './errors';
import { checkId, idAttribute } from './message';

/** A message as the caller gives it. */
export interface OutgoingMessage {
  readonly body: string;
  /** The same id is the same message, wherever it arrives. Default: a new one. */
  readonly id?: string;
  /** At most nine, since the id is the tenth. A plain text has the type `String`. */
  readonly attributes?: Readonly<Record<string, string | TypedAttribute>>;
  /** For a FIFO queue, which keeps the order within a group, and within a region. */
  readonly groupId?: string;
  /** For a FIFO queue, which drops a message whose deduplication id it saw within 5 minutes. Default: the message's id. */
  readonly deduplicationId?: string;
}

/** An attribute of another type than `String`: `Number`, or one with a custom label. Binary attributes are not sent. */
export interface TypedAttribute {
  readonly type: string;
  readonly value: string;
}

export type IdentifiedMessage = OutgoingMessage & { readonly id: string };

/** SQS counts body and attributes (their names, types and values) together: 1 MiB. */
export const maxMessageBytes = 1_048_576;
const maxAttributes = 10;

/** What a body may not have (API reference, SendMessage, MessageBody). */
const strange = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** @throws InvalidMessage listing all that no queue would take */
export const checkOutgoing = (message: IdentifiedMessage): void => {
  const attributes = attributesOf(message);
  const names = Object.keys(attributes);
  const bytes = sizeOf(message.body, attributes);
  const idProblem = checkId(message.id);
  const problems = [
    message.body === '' && 'its body is empty, expected at least one character',
    strange.test(message.body) &&
      'its body has a character that SQS refuses: one below U+0020 other than tab and line ends, U+FFFE, U+FFFF or half of a pair; write it escaped, as JSON can',
    idProblem !== undefined && idProblem,
    message.attributes?.[idAttribute] !== undefined &&
      `its attribute ${idAttribute} is the library's own, expected the id in 'id'`,
    names.length > maxAttributes &&
      `it has ${String(names.length)} attributes with the id, expected at most ${String(maxAttributes)}`,
    ...Object.entries(message.attributes ?? {}).map(
      ([name, value]) =>
        (typeof value === 'string' ? value : value.value) === '' &&
        `its attribute ${name} is empty, which SQS refuses`,
    ),
    bytes > maxMessageBytes &&
      `it has ${String(bytes)} bytes with its attributes, expected at most ${String(maxMessageBytes)}`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new InvalidMessage(problems);
};

const attributesOf = ({ id, attributes }: IdentifiedMessage): Record<string, MessageAttributeValue> => ({
  ...Object.fromEntries(
    Object.entries(attributes ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string'
        ? { DataType: 'String', StringValue: value }
        : { DataType: value.type, StringValue: value.value },
    ]),
  ),
  [idAttribute]: { DataType: 'String', StringValue: id },
});

const sizeOf = (body: string, attributes: Record<string, MessageAttributeValue>): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { DataType: type = '', StringValue: value = '' }]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(type) + Buffer.byteLength(value),
    Buffer.byteLength(body),
  );

/** A FIFO queue drops doubles of one deduplication id for 5 minutes; later ones are recognised by the consumer. */
export const sendInput = (message: IdentifiedMessage, queueUrl: string): SendMessageCommandInput => ({
  QueueUrl: queueUrl,
  MessageBody: message.body,
  MessageAttributes: attributesOf(message),
  ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
  ...(message.groupId !== undefined &&
    queueUrl.endsWith('.fifo') && {
      MessageDeduplicationId: deduplicationIdOf(message.deduplicationId ?? message.id),
    }),
});

/** SQS takes 128 characters of letters, digits and punctuation. */
const deduplicationIdOf = (id: string): string =>
  /^[A-Za-z0-9!-/:-@[-`{-~]{1,128}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');
