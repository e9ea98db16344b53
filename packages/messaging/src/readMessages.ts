import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** Long enough to send ten messages on, region by region, at their slowest. */
const hiddenSeconds = 120;

/** SQS takes so many in one request. */
const maxBatchSize = 10;

/**
 * Reads a queue, each message once, until it is empty or `limit` are read. What is not deleted shows again; what was received
 * and is not asked for any more, at once.
 */
export async function* readMessages(
  client: SQSClient,
  queueUrl: string,
  limit: number,
): AsyncGenerator<Message> {
  const seen = new Set<string>();
  while (seen.size < limit) {
    const { Messages: messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(maxBatchSize, limit - seen.size),
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
        yield message;
      }
    } finally {
      await showAgain(client, queueUrl, waiting);
    }
  }
}

/** Shows messages again at once. What cannot be put back shows again by itself. */
export const showAgain = async (
  client: SQSClient,
  queueUrl: string,
  messages: readonly Message[],
): Promise<void> => {
  for (let from = 0; from < messages.length; from += maxBatchSize) {
    const entries = messages.slice(from, from + maxBatchSize).map(({ ReceiptHandle: handle }, index) => ({
      Id: String(index),
      ReceiptHandle: handle,
      VisibilityTimeout: 0,
    }));
    await client
      .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: entries }))
      .catch(() => undefined);
  }
};
