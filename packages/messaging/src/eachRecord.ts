import type { BatchAnswer } from './delivery';
import { answerByLane, groupHeld, lanesOf } from './lanes';
import type { SqsEvent, SqsRecord } from './message';

/**
 * Partial batch responses for a consumer that keeps no marks, since doing a message again changes nothing: each message is
 * worked on by itself, all at once (FIFO: one after another within a group). SQS deletes what ends well; what fails comes
 * again after its visibility time-out. The event source mapping needs `ReportBatchItemFailures`.
 * @param work takes one message; what it throws fails this message alone
 * @param onFailure told of each message that comes again, for logs and metrics. Must not throw.
 */
export const eachRecord = (
  { Records: records }: SqsEvent,
  work: (record: SqsRecord) => Promise<void>,
  onFailure: (record: SqsRecord, error: unknown) => void,
): Promise<BatchAnswer> => {
  // Doubles need no lane of their own here: SQS's own id tells all records of a batch apart.
  const lanes = lanesOf(records, ({ messageId }) => messageId);
  return answerByLane(records, lanes, lanes.length, async ({ record }, heldBy) => {
    try {
      if (heldBy !== undefined) throw groupHeld(record, heldBy);
      await work(record);
      return true;
    } catch (error) {
      onFailure(record, error);
      return false;
    }
  });
};
