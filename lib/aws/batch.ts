import { type BatchAnswer, eachRecord, type SqsEvent } from '@forseti/messaging';
import { asError } from './log';

/**
 * Works on each message by itself: one that fails is logged, comes again after its visibility time-out, and goes to the
 * dead-letter queue after its tries; the others are done.
 */
export const eachMessage = (
  event: SqsEvent,
  work: (body: string) => Promise<void>,
  logger: { error: (message: string, error: Error) => void },
): Promise<BatchAnswer> =>
  eachRecord(
    event,
    ({ body }) => work(body),
    ({ messageId }, error) => {
      logger.error(`Message ${messageId} failed`, asError(error));
    },
  );
