import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Sends the message that wakes a parked step in so many seconds, unless a later one replaces it. */
export const sendLook = async (
  sqs: SQSClient,
  queueUrl: string,
  step: string,
  delaySeconds: number,
): Promise<void> => {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify({ look: step }),
      DelaySeconds: delaySeconds,
    }),
  );
};
