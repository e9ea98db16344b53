import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { messageBody } from '../../aws/messageBody';

/** A message of the waiting queue that makes a parked step poll. */
export interface PollMessage {
  readonly look: string;
  readonly functionName: string;
  /** Something that the step depends on was changed: it polls now, whenever its next poll is due. */
  readonly nudge?: true;
}

/** Sends the message that makes a parked step poll after a delay, unless a later message replaces it. */
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
      MessageBody: messageBody(message),
      DelaySeconds: delaySeconds,
    }),
  );
};
