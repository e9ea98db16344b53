import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** A message of the waiting queue by which a parked step wakes itself. */
export interface LookMessage {
  readonly look: string;
  readonly functionName: string;
}

/** Sends the message that wakes a parked step in so many seconds, unless a later one replaces it. */
export const sendLook = async (
  sqs: SQSClient,
  queueUrl: string,
  { step, functionName }: { readonly step: string; readonly functionName: string },
  delaySeconds: number,
): Promise<void> => {
  const message: LookMessage = { look: step, functionName };
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(message),
      DelaySeconds: delaySeconds,
    }),
  );
};
