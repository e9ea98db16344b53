import { type BatchAnswer, eachRecord, type SqsEvent, type SqsRecord } from '@forseti/messaging';
import { asError } from './log';

/**
 * Handles each message by itself. A message that fails is logged and comes again after its visibility time-out; after
 * its last try it goes to the dead-letter queue. The other messages are done.
 */
export const eachMessage = (
  event: SqsEvent,
  work: (body: string, record: SqsRecord) => Promise<void>,
  logger: { error: (message: string, error: Error) => void },
): Promise<BatchAnswer> =>
  eachRecord(
    event,
    (record) => work(record.body, record),
    ({ messageId }, error) => {
      logger.error(`Message ${messageId} failed`, asError(error));
    },
  );
