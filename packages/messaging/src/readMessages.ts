import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** Long enough to send ten messages on, each tried in all regions until their time-outs. */
const hiddenSeconds = 120;

/** SQS takes so many in one request. */
const maxBatchSize = 10;

/**
 * Reads a queue, each message once, until it is empty or `limit` messages are read. A message that is not deleted shows
 * again after 120 s; one that was received and not yielded is shown again at once. Each read counts towards `maxReceiveCount`.
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
        // A short poll asks only some of SQS's servers, and can find a filled queue empty.
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    const unseen = messages.filter(({ MessageId: id = '' }) => !seen.has(id));
    // The queue is empty, or only shows messages again that were read before: those are for another run.
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

/** Shows messages again at once. Where that fails they show again by themselves, after their visibility time-out. */
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
