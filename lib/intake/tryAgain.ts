import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import type { SqsRecord } from '@forseti/messaging';
import type { Environment } from '../aws/environment';
import { callOf, isTransient, messageOf, nameOf } from '../aws/failure';
import { messageBody } from '../aws/messageBody';

/**
 * An alarm that could not be judged because AWS throttled or did not answer. It may be a rollback: it is not left to the
 * queue's visibility time-out of minutes, nor to the dead-letter queue after a few tries.
 *
 *     15 s ─ 30 s ─ 60 s ─ 120 s ─ sent as a new message ─ 15 s ─ ...
 *                                  └ whoever is on duty is told, once
 */
export interface AgainTools {
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly queueUrl: string;
  readonly environment: Pick<Environment, 'topics' | 'stage'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** The redrive policy counts five receives; a new message begins anew. */
const triesOfOneMessage = 4;
const newMessageSeconds = 120;
/** An alarm of the day before says nothing of the fleet as it is. */
const keptForMs = 24 * 3_600_000;

/** How long until the next try, after so many. */
export const secondsToNextTry = (receiveCount: number): number => 15 * 2 ** (Math.max(1, receiveCount) - 1);

const event = z.object({
  time: z.iso.datetime({ offset: true }).optional(),
  /** What nobody else sends again. That an alarm still rings is seen anew by each sweep. */
  'detail-type': z.enum(['CloudWatch Alarm State Change', 'Rollback Requested']),
  detail: z.looseObject({ alarmName: z.string().optional(), application: z.string().optional() }).default({}),
  /** Set by this module: since when it waits, epoch milliseconds. */
  waitingSince: z.number().optional(),
});

/**
 * Has a message come again soon after an error that passes.
 * @returns true where a new message takes its place
 */
export const tryAgain = async (
  record: SqsRecord,
  error: unknown,
  { sqs, sns, queueUrl, environment, clock }: AgainTools,
): Promise<boolean> => {
  const read = isTransient(error) ? event.safeParse(JSON.parse(record.body)) : undefined;
  if (!read?.success) return false;
  const tries = Number(record.attributes?.ApproximateReceiveCount ?? 1);
  if (tries < triesOfOneMessage) {
    await sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: record.receiptHandle ?? '',
        VisibilityTimeout: secondsToNextTry(tries),
      }),
    );
    return false;
  }
  const now = clock();
  const { time, waitingSince, detail, 'detail-type': type } = read.data;
  const since = waitingSince ?? (time === undefined ? now : Date.parse(time));
  if (now - since > keptForMs) return false;
  const body = { ...(JSON.parse(record.body) as object), waitingSince: since };
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: messageBody(body),
      DelaySeconds: newMessageSeconds,
    }),
  );
  if (waitingSince === undefined) {
    const what = detail.alarmName ?? detail.application ?? type;
    const why = `${callOf(error) ?? ''} ${nameOf(error)}: ${messageOf(error)}`.trim();
    // The new message is on the queue: a failure here must not send another.
    await sns
      .send(
        new PublishCommand({
          TopicArn: environment.topics.paging,
          Subject: `Forseti ${environment.stage}: ${what} waits to be judged`.slice(0, 100),
          Message:
            `${type} of ${what} (${new Date(since).toISOString()}) cannot be judged: ${why}.\n` +
            'It may ask for a rollback. It is tried again every few minutes for a day; to go back now: forseti rollback APPLICATION',
        }),
      )
      .catch(() => undefined);
  }
  return true;
};
