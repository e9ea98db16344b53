import middy from '@middy/core';
import {
  type BatchAnswer,
  deduplicate,
  type DeduplicateOptions,
  type DeduplicationStore,
  type MessageEffect,
  forEachMessage,
  type MessageOutcome,
  type SqsRecord,
} from '../src';

/** 2026-11-22T08:00:00Z: a realistic epoch, so that seconds taken for milliseconds show. */
export const startAt = Date.UTC(2026, 10, 22, 8);

/** Time that moves only when a test moves it. */
export const makeClock = () => {
  let now = startAt;
  return {
    now: () => now,
    pass: (ms: number) => {
      now += ms;
    },
  };
};

export type FakeClock = ReturnType<typeof makeClock>;

export const record = (id: string, more: Partial<SqsRecord> = {}): SqsRecord => ({
  messageId: `sqs-${id}`,
  receiptHandle: `receipt-${id}`,
  body: `body of ${id}`,
  attributes: { ApproximateReceiveCount: '1' },
  messageAttributes: { ForsetiMessageId: { dataType: 'String', stringValue: id } },
  eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:orders',
  ...more,
});

export const fifoRecord = (id: string, group: string): SqsRecord =>
  record(id, {
    attributes: { ApproximateReceiveCount: '1', MessageGroupId: group },
    eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:orders.fifo',
  });

/** A promise that is settled from outside. */
export const gate = () => {
  let open = () => undefined as void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
};

let minted = 0;

/** A function as Lambda calls it: the real middy, the real middleware. */
export const consumer = (
  store: DeduplicationStore,
  clock: FakeClock,
  effect: MessageEffect,
  more: Partial<DeduplicateOptions> = {},
) => {
  const outcomes: MessageOutcome[] = [];
  const handler = middy(forEachMessage(effect), { timeoutEarlyInMillis: 0 }).use(
    deduplicate({
      store,
      consumer: 'orders',
      clock: clock.now,
      newId: () => `invocation-${String((minted += 1))}`,
      leaseSeconds: 60,
      onOutcome: (outcome) => outcomes.push(outcome),
      ...more,
    }),
  );
  const handle = async (records: readonly SqsRecord[], context: object = {}): Promise<string[]> => {
    const answer = (await handler({ Records: records }, context)) as BatchAnswer;
    return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
  return { handle, outcomes, states: () => outcomes.map(({ state }) => state) };
};
