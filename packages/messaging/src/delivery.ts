import type { Lease } from './lease';
import { fifoGroupOf, type SqsRecord } from './message';

/** One message, as its effect gets it. */
export interface MessageDelivery {
  readonly message: SqsRecord;
  /** The message's own id, the same for all its doubles. */
  readonly id: string;
  /**
   * Grows with every lease of this message. Condition the effect on it (stored `fence <= fence`): a worker whose lease was lost
   * cannot overwrite what its successor did. Condition the effect on `id`, too: a repeat changes nothing.
   */
  readonly fence: number;
  /** Epoch milliseconds; afterwards another worker may take the message over. */
  readonly heldUntil: number;
  /** How often SQS has delivered it, this time included. */
  readonly receiveCount: number;
  /** Of a FIFO queue's message. */
  readonly groupId?: string;
}

/** The effect of one message. What it returns is kept as JSON, and handed to `onOutcome` for doubles; what it throws fails the message. */
export type MessageEffect<Result = unknown> = (delivery: MessageDelivery) => Promise<Result> | Result;

/**
 * What became of a message. SQS deletes those that are `done` or a `double`. The others come again: `failed` (the effect
 * threw), `held` (another worker has the lease), `untouched` (behind a failed message of its FIFO group, or no time left),
 * `unsure` (the effect happened, and its done mark could not be written).
 */
export type MessageOutcome = { readonly messageId: string; readonly id: string | undefined } & (
  | {
      readonly state: 'done';
      readonly fence: number;
      readonly result: unknown;
      /** Why the result was not kept for doubles, where it was not. */
      readonly notKept?: string;
    }
  | { readonly state: 'double'; readonly fence: number; readonly result: unknown }
  | { readonly state: 'failed' | 'held' | 'untouched' | 'unsure'; readonly error: unknown }
);

/** What an event source mapping with `ReportBatchItemFailures` expects. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Whether SQS may delete the message. */
export const isSettled = ({ state }: MessageOutcome): boolean => state === 'done' || state === 'double';

export const deliveryOf = (message: SqsRecord, id: string, lease: Lease): MessageDelivery => {
  const groupId = fifoGroupOf(message);
  return {
    message,
    id,
    fence: lease.fence,
    heldUntil: lease.heldUntil,
    receiveCount: Number(message.attributes?.ApproximateReceiveCount ?? 1),
    ...(groupId !== undefined && { groupId }),
  };
};
