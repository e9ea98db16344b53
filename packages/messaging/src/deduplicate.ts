import { type Batch, type BatchTools, DeduplicatedBatch } from './batch';
import type { BatchAnswer, MessageEffect, MessageOutcome } from './delivery';
import { BatchNotAnswered, InvalidMessagingSettings } from './errors';
import { contentOf, idOf, type SqsEvent, type SqsRecord } from './message';
import type { DeduplicationStore } from './store';

export interface DeduplicateOptions {
  readonly store: DeduplicationStore;
  /** The consumer's name within its store: two consumers of one message have two effects. */
  readonly consumer: string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Makes unique ids; called once an invocation. */
  readonly newId: () => string;
  /** How many messages (FIFO: groups) are worked on at a time. Default: 10. */
  readonly concurrency?: number;
  /**
   * How long a lease holds. Default: the time that the function has left, and 5 s for clocks that differ; 905 s where the
   * function gets no context. Keep it below the queue's visibility time-out.
   */
  readonly leaseSeconds?: number;
  /**
   * How long a done mark is kept. Default: 30. A message can be in its queue for 14 days, and for 14 more in its dead-letter
   * queue (a FIFO queue restarts the clock there), so 14 or less is refused.
   */
  readonly retentionDays?: number;
  /** No message is begun when the function has less time left than this. Default: 1. */
  readonly reserveSeconds?: number;
  /** Reads a message's id. Default: {@link idOf}. What it throws fails the message. */
  readonly idOf?: (record: SqsRecord) => string;
  /**
   * Reads what a message says: two messages of one id that say different things are no doubles, and the second one fails
   * with `ConflictingMessage`. Default: the body, or what SNS's envelope holds ({@link contentOf}). Return undefined where
   * a repeated message may differ, for example in a time of sending.
   */
  readonly payloadOf?: (record: SqsRecord) => string | undefined;
  /** Called for each message as it ends, for logs and metrics. Must not throw. */
  readonly onOutcome?: (outcome: MessageOutcome) => void;
}

/** A function's context, as far as it is read here. */
interface TimedContext {
  readonly getRemainingTimeInMillis?: () => number;
}

/** What middy hands to a middleware, as far as it is read here. */
export interface DeduplicateRequest {
  event: unknown;
  readonly context: unknown;
  readonly response?: unknown;
}

/** For middy's `use`. */
export interface DeduplicateMiddleware {
  readonly before: (request: DeduplicateRequest) => void;
  readonly after: (request: DeduplicateRequest) => void;
}

const dayMs = 24 * 60 * 60 * 1000;
const maxFunctionSeconds = 900;
const clocksDifferMs = 5000;

/**
 * Middy middleware for a function that an SQS queue invokes with `ReportBatchItemFailures`: each message takes its effect once.
 *
 *     export const handler = middy(forEachMessage(effect)).use(deduplicate({ store, consumer: 'tickets', clock, newId }));
 *
 * Middleware that is used before it sees the SQS event, what is used after it and the handler see a {@link Batch}.
 * @throws InvalidMessagingSettings
 */
export const deduplicate = (options: DeduplicateOptions): DeduplicateMiddleware => {
  checkOptions(options);
  return {
    before: (request) => {
      const { Records: records } = request.event as Partial<SqsEvent>;
      if (!Array.isArray(records))
        throw new BatchNotAnswered(
          'Expected an event of SQS, with Records: is the function invoked by a queue?',
        );
      const batch: Batch = new DeduplicatedBatch(records, toolsOf(options, request.context));
      request.event = batch;
    },
    /** Without `batchItemFailures` SQS would delete messages that nobody handled. */
    after: (request) => {
      if (!Array.isArray((request.response as Partial<BatchAnswer> | undefined)?.batchItemFailures))
        throw new BatchNotAnswered(
          'The handler did not answer with batchItemFailures: give middy forEachMessage(effect), or return batch.each(effect).',
        );
    },
  };
};

/** The handler that does an effect for each message of the batch. @throws BatchNotAnswered without the middleware */
export const forEachMessage =
  (effect: MessageEffect) =>
  async (batch: unknown): Promise<BatchAnswer> => {
    if (!(batch instanceof DeduplicatedBatch))
      throw new BatchNotAnswered(
        'forEachMessage got no batch: use deduplicate() on the same middy handler, and export what middy returns.',
      );
    return batch.each(effect);
  };

const checkOptions = ({ consumer, concurrency, leaseSeconds, retentionDays }: DeduplicateOptions): void => {
  const problems = [
    !/^[A-Za-z0-9._-]{1,100}$/.test(consumer) &&
      `consumer is '${consumer}', expected 1 to 100 of letters, digits, dot, underscore, hyphen`,
    concurrency !== undefined &&
      !(Number.isInteger(concurrency) && concurrency >= 1) &&
      `concurrency is ${String(concurrency)}, expected a whole number from 1`,
    leaseSeconds !== undefined &&
      !(leaseSeconds > 0 && leaseSeconds <= 43_200) &&
      `leaseSeconds is ${String(leaseSeconds)}, expected more than 0 and at most 43200, as a message's visibility time-out`,
    retentionDays !== undefined &&
      !(retentionDays > 14) &&
      `retentionDays is ${String(retentionDays)}, expected more than 14, as long as SQS keeps a message`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new InvalidMessagingSettings(problems);
};

const toolsOf = (options: DeduplicateOptions, context: unknown): BatchTools => {
  const { leaseSeconds, reserveSeconds = 1 } = options;
  const timed = context as TimedContext | undefined;
  const leftMs = () => timed?.getRemainingTimeInMillis?.();
  return {
    store: options.store,
    consumer: options.consumer,
    concurrency: options.concurrency ?? 10,
    retentionMs: (options.retentionDays ?? 30) * dayMs,
    owner: options.newId(),
    clock: options.clock,
    heldUntil: (now) =>
      now +
      (leaseSeconds === undefined
        ? (leftMs() ?? maxFunctionSeconds * 1000) + clocksDifferMs
        : leaseSeconds * 1000),
    hasTime: () => (leftMs() ?? Infinity) >= reserveSeconds * 1000,
    idOf: options.idOf ?? idOf,
    payloadOf: options.payloadOf ?? contentOf,
    onOutcome: options.onOutcome ?? (() => undefined),
  };
};
