import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { idAttribute } from './message';
import type { Identified, TypedAttribute } from './outgoing';

/** Long enough to send ten messages on, region by region, at their slowest. */
const hiddenSeconds = 120;

/** One message of a dead-letter queue. */
export interface DeadLetter {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly message: Identified;
  /** Why it cannot be sent on as it is. */
  readonly problem?: string;
}

/**
 * Reads a dead-letter queue, each message once, until it is empty or `limit` are read. What is not deleted shows again; what
 * was received and is not asked for any more, at once.
 */
export async function* readDeadLetters(
  client: SQSClient,
  queueUrl: string,
  limit: number,
): AsyncGenerator<DeadLetter> {
  const seen = new Set<string>();
  while (seen.size < limit) {
    const { Messages: messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(10, limit - seen.size),
        VisibilityTimeout: hiddenSeconds,
        // A short poll asks some of the servers only, and finds a filled queue empty.
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    const unseen = messages.filter(({ MessageId: id = '' }) => !seen.has(id));
    // Empty; or what was sent on has failed again already, and comes round: that is for another run.
    if (unseen.length === 0) return;
    const waiting = [...unseen];
    try {
      for (let message = waiting.shift(); message; message = waiting.shift()) {
        seen.add(message.MessageId ?? '');
        yield letterOf(message);
      }
    } finally {
      await putBack(client, queueUrl, waiting);
    }
  }
}

/** What cannot be put back shows again by itself. */
const putBack = async (client: SQSClient, queueUrl: string, messages: readonly Message[]): Promise<void> => {
  if (messages.length === 0) return;
  const entries = messages.map(({ ReceiptHandle: handle }, index) => ({
    Id: String(index),
    ReceiptHandle: handle,
    VisibilityTimeout: 0,
  }));
  await client
    .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: entries }))
    .catch(() => undefined);
};

/** SQS keeps a message's id when it moves it to its dead-letter queue: it is the id of those that were given none. */
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
      id: own?.StringValue ?? messageId,
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
