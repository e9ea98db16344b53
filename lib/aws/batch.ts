import { asError } from './log';

/** What an event source mapping hands over, as far as we read it. */
export interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** The messages that are to come again; the mapping deletes all others (`ReportBatchItemFailures`). */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Works on each message by itself: one that fails comes again after its visibility time-out, and goes to the dead-letter
 * queue after its tries; the others are done.
 */
export const eachRecord = async (
  event: QueueEvent,
  work: (body: string) => Promise<void>,
  logger: { error: (message: string, error: Error) => void },
): Promise<BatchAnswer> => {
  const ended = await Promise.allSettled(event.Records.map(({ body }) => work(body)));
  return {
    batchItemFailures: ended.flatMap((result, index) => {
      const itemIdentifier = event.Records[index]?.messageId;
      if (result.status === 'fulfilled' || itemIdentifier === undefined) return [];
      logger.error(`Message ${itemIdentifier} failed`, asError(result.reason));
      return [{ itemIdentifier }];
    }),
  };
};
