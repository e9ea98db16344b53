import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** A message of the waiting queue by which a parked step wakes itself. */
export interface PollMessage {
  readonly look: string;
  readonly functionName: string;
  /** Somebody changed what the step goes by: it looks, whenever its next look is due. */
  readonly nudge?: true;
}

/** Sends the message that wakes a parked step in so many seconds, unless a later one replaces it. */
export const sendPoll = async (
  sqs: SQSClient,
  queueUrl: string,
  { step, functionName }: { readonly step: string; readonly functionName: string },
  delaySeconds: number,
  more: Pick<PollMessage, 'nudge'> = {},
): Promise<void> => {
  const message: PollMessage = { look: step, functionName, ...more };
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(message),
      DelaySeconds: delaySeconds,
    }),
  );
};
