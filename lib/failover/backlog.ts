import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Messages in a queue, with those in flight; undefined where they cannot be read. SQS's counts are approximate. */
export const backlogOf = async (sqs: SQSClient, queueUrl: string): Promise<number | undefined> => {
  try {
    const { Attributes: counts = {} } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Object.values(counts).reduce((sum, count) => sum + Number(count), 0);
  } catch {
    return undefined;
  }
};
