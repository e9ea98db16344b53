import { type BatchAnswer, deliveryOf, type Effect, isSettled, type Outcome } from './delivery';
import { GroupHeld, LeaseHeld, TimeRanShort } from './errors';
import { inParallel, type Lane, lanesOf, type Entry } from './lanes';
import type { Lease } from './lease';
import { markId, type SqsRecord } from './message';
import { keptResult, readResult } from './result';
import type { DeduplicationStore } from './store';

/** What a batch needs, with all settings filled in. */
export interface BatchTools {
  readonly store: DeduplicationStore;
  readonly consumer: string;
  readonly concurrency: number;
  readonly retentionMs: number;
  /** Unique to this invocation. */
  readonly owner: string;
  readonly clock: () => number;
  /** Epoch milliseconds: when a lease that is begun now runs out. */
  readonly heldUntil: (now: number) => number;
  /** Whether enough of the function's time is left to begin another message. */
  readonly hasTime: () => boolean;
  readonly idOf: (record: SqsRecord) => string;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** The batch of one invocation: hands each message to the effect at most once, and knows what is to come again. */
export class Batch {
  private claims = 0;

  constructor(
    readonly records: readonly SqsRecord[],
    private readonly tools: BatchTools,
  ) {}

  /** Does the effect of every message that is neither done nor held. Never rejects for a message's sake. */
  async each(effect: Effect): Promise<BatchAnswer> {
    const failed = new Set<SqsRecord>();
    await inParallel(lanesOf(this.records, this.tools.idOf), this.tools.concurrency, async (lane) => {
      await this.drive(lane, effect, failed);
    });
    // In the order of the batch: a FIFO queue's poller reads them so.
    return {
      batchItemFailures: this.records
        .filter((record) => failed.has(record))
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    };
  }

  private async drive(lane: Lane, effect: Effect, failed: Set<SqsRecord>): Promise<void> {
    let holder: string | undefined;
    for (const entry of lane.entries) {
      const outcome = holder === undefined ? await this.handle(entry, effect) : behind(entry, holder);
      if (!isSettled(outcome)) {
        failed.add(entry.record);
        if (lane.isGroup) holder ??= entry.record.messageId;
      }
      this.tools.onOutcome(outcome);
    }
  }

  private async handle(entry: Entry, effect: Effect): Promise<Outcome> {
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
      };
      const begun = await store.begin(claim);
      if (begun.state === 'taken') return await this.work(entry.record, id, begun.lease, effect);
      if (begun.state === 'held')
        return { messageId, id, state: 'held', error: heldBy(id, begun.mark?.heldBy, begun.mark?.heldUntil) };
      const { fence, result } = begun.mark;
      return { messageId, id, state: 'double', fence, result: readResult(result) };
    } catch (error) {
      return { messageId, id, state: 'failed', error };
    }
  }

  private async work(message: SqsRecord, id: string, lease: Lease, effect: Effect): Promise<Outcome> {
    const { messageId } = message;
    const { store, clock, retentionMs } = this.tools;
    let result: unknown;
    try {
      result = await effect(deliveryOf(message, id, lease));
    } catch (error) {
      // A lease that cannot be given back runs out by itself.
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

const behind = ({ record, ...entry }: Entry, holder: string): Outcome => ({
  messageId: record.messageId,
  id: 'id' in entry ? entry.id : undefined,
  state: 'untouched',
  error: new GroupHeld(
    `Message ${record.messageId} waits behind ${holder}, which failed before it in the same message group.`,
  ),
});

const tooLate = (id: string): TimeRanShort =>
  new TimeRanShort(`Too little of the function's time is left to begin message ${id}; it comes again.`);

const heldBy = (id: string, owner: string | undefined, until: number | undefined): LeaseHeld =>
  new LeaseHeld(
    `Message ${id} is worked on by ${owner ?? 'another worker'}` +
      `${until === undefined ? '' : ` until ${new Date(until).toISOString()}`}; it comes again.`,
  );
