import { DeleteMessageCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import { idAttribute, idInEnvelope } from './message';
import type { IdentifiedMessage, TypedAttribute } from './outgoing';
import { readMessages } from './readMessages';

/** One message of a dead-letter queue. */
export interface DeadLetter {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly message: IdentifiedMessage;
  /** Why it cannot be sent on as it is. */
  readonly problem?: string;
}

/** Reads a dead-letter queue as {@link readMessages} does. */
export async function* readDeadLetters(
  client: SQSClient,
  queueUrl: string,
  limit: number,
): AsyncGenerator<DeadLetter> {
  for await (const message of readMessages(client, queueUrl, limit)) yield letterOf(message);
}

/** A message without an id attribute keeps SNS's id, or SQS's own, which does not change when it moves to a dead-letter queue. */
const letterOf = (message: Message): DeadLetter => {
  const { MessageId: messageId = '', Body: body = '', Attributes: system = {} } = message;
  const { [idAttribute]: own, ...others } = message.MessageAttributes ?? {};
  const groupId = system.MessageGroupId;
  const binary = Object.entries(others).filter(([, { BinaryValue: value }]) => value !== undefined);
  const attributes = Object.fromEntries(
    Object.entries(others).map(([name, { DataType: type = 'String', StringValue: value = '' }]) => [
      name,
      { type, value } satisfies TypedAttribute,
    ]),
  );
  return {
    messageId,
    receiptHandle: message.ReceiptHandle ?? '',
    message: {
      id: own?.StringValue ?? idInEnvelope({ body }) ?? messageId,
      body,
      attributes,
      ...(groupId !== undefined && { groupId }),
    },
    ...(binary.length > 0 && {
      problem: `it has binary attributes (${binary.map(([name]) => name).join(', ')}), which are not sent on`,
    }),
  };
};

export const deleteLetter = async (
  client: SQSClient,
  queueUrl: string,
  { receiptHandle }: DeadLetter,
): Promise<void> => {
  await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
};
