import { type BatchAnswer, deliveryOf, type MessageEffect, isSettled, type MessageOutcome } from './delivery';
import { LeaseHeld, TimeRanShort } from './errors';
import { answerByLane, groupHeld, type LaneEntry, lanesOf } from './lanes';
import type { Lease, LeaseRequest } from './lease';
import { hashOf, markId, type SqsRecord } from './message';
import { keptResult, readResult } from './result';
import { conflicting, type DeduplicationStore, saysOther } from './store';

/** What a batch needs, with all settings filled in. */
export interface BatchTools {
  readonly store: DeduplicationStore;
  readonly consumer: string;
  readonly concurrency: number;
  readonly retentionMs: number;
  /** Unique to this invocation. */
  readonly owner: string;
  readonly clock: () => number;
  /** Epoch milliseconds: when a lease that begins now expires. */
  readonly heldUntil: (now: number) => number;
  /** Whether the function has time enough left to begin another message. */
  readonly hasTime: () => boolean;
  readonly idOf: (record: SqsRecord) => string;
  /** What the message says; undefined where it is not compared. */
  readonly payloadOf: (record: SqsRecord) => string | undefined;
  readonly onOutcome: (outcome: MessageOutcome) => void;
}

/** The batch of one invocation: what a handler behind the middleware gets as its event. */
export interface Batch {
  readonly records: readonly SqsRecord[];
  /**
   * Does the effect of every message that is neither done nor held. Never rejects for a message's sake.
   * @returns what the handler has to return to Lambda
   */
  each(effect: MessageEffect): Promise<BatchAnswer>;
}

/** Hands each message to the effect at most once, and knows which are to come again. */
export class DeduplicatedBatch implements Batch {
  private claims = 0;

  constructor(
    readonly records: readonly SqsRecord[],
    private readonly tools: BatchTools,
  ) {}

  each(effect: MessageEffect): Promise<BatchAnswer> {
    const { idOf, concurrency, onOutcome } = this.tools;
    const lanes = lanesOf(this.records, idOf);
    return answerByLane(this.records, lanes, concurrency, async (entry, heldBy) => {
      const outcome = heldBy === undefined ? await this.handle(entry, effect) : behind(entry, heldBy);
      onOutcome(outcome);
      return isSettled(outcome);
    });
  }

  private async handle(entry: LaneEntry, effect: MessageEffect): Promise<MessageOutcome> {
    const { messageId } = entry.record;
    if ('invalid' in entry) return { messageId, id: undefined, state: 'failed', error: entry.invalid };
    const { id } = entry;
    const { store, owner, clock, consumer } = this.tools;
    if (!this.tools.hasTime()) return { messageId, id, state: 'untouched', error: tooLate(id) };
    try {
      const now = clock();
      this.claims += 1;
      const claim = {
        id: markId(consumer, id),
        owner: `${owner}/${String(this.claims)}`,
        now,
        heldUntil: this.tools.heldUntil(now),
        ...hashed(this.tools.payloadOf(entry.record)),
      };
      const begun = await store.begin(claim);
      if (begun.state === 'taken') return await this.work(entry.record, id, begun.lease, effect);
      if (begun.state === 'held')
        return { messageId, id, state: 'held', error: heldBy(id, begun.mark?.heldBy, begun.mark?.heldUntil) };
      const { fence, result } = begun.mark;
      if (saysOther(begun.mark, claim.payload))
        return { messageId, id, state: 'failed', error: conflicting(id, begun.mark) };
      return { messageId, id, state: 'double', fence, result: readResult(result) };
    } catch (error) {
      return { messageId, id, state: 'failed', error };
    }
  }

  private async work(
    message: SqsRecord,
    id: string,
    lease: Lease,
    effect: MessageEffect,
  ): Promise<MessageOutcome> {
    const { messageId } = message;
    const { store, clock, retentionMs } = this.tools;
    let result: unknown;
    try {
      result = await effect(deliveryOf(message, id, lease));
    } catch (error) {
      // A lease that cannot be given back expires by itself.
      await store.release(lease).catch(() => undefined);
      return { messageId, id, state: 'failed', error };
    }
    const { json, notKept } = keptResult(result);
    const now = clock();
    try {
      await store.finish(lease, {
        now,
        keptUntil: now + retentionMs,
        ...(json !== undefined && { result: json }),
      });
    } catch (error) {
      return { messageId, id, state: 'unsure', error };
    }
    return {
      messageId,
      id,
      state: 'done',
      fence: lease.fence,
      result,
      ...(notKept !== undefined && { notKept }),
    };
  }
}

const hashed = (content: string | undefined): Pick<LeaseRequest, 'payload'> => {
  const payload = hashOf(content);
  return payload === undefined ? {} : { payload };
};

const behind = ({ record, ...entry }: LaneEntry, holder: string): MessageOutcome => ({
  messageId: record.messageId,
  id: 'id' in entry ? entry.id : undefined,
  state: 'untouched',
  error: groupHeld(record, holder),
});

const tooLate = (id: string): TimeRanShort =>
  new TimeRanShort(`Too little of the function's time is left to begin message ${id}; it comes again.`);

const heldBy = (id: string, owner: string | undefined, until: number | undefined): LeaseHeld =>
  new LeaseHeld(
    `Message ${id} is worked on by ${owner ?? 'another worker'}` +
      `${until === undefined ? '' : ` until ${new Date(until).toISOString()}`}; it comes again.`,
  );
