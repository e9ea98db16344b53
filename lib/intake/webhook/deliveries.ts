import type { Table } from '../../aws/table';
import type { Provider } from './provider';

/** Item of the requests table beside the requests: one delivery of a webhook. Times are epoch ms. */
export interface DeliveryItem {
  readonly key: string;
  readonly provider: Provider;
  readonly event: string;
  readonly delivery: string;
  readonly receivedAt: number;
  readonly repository?: string;
  readonly tag?: string;
  readonly commit?: string;
  /** Why nothing was asked for, in a sentence. */
  readonly refused?: string;
  /** Of a tag that is not deployed: see refusedTags.ts. */
  readonly refusal?: 'tag';
  /** What to run about it. */
  readonly command?: string;
  readonly pushedBy?: string;
  /** Who works on it, and since when: one sandbox at a time. */
  readonly claim?: string;
  readonly claimedAt?: number;
  /** Since when its request is on the queue. */
  readonly enqueuedAt?: number;
}

/** Longer than the function's time-out of 10 s: a claim that is older belongs to a function that has ended. */
export const claimSeconds = 30;

export type Claimed =
  { readonly claimed: DeliveryItem } | { readonly replayOf: DeliveryItem } | { readonly busySeconds: number };

/**
 * Answers a provider's repeated delivery without putting its request on the queue again. It keeps the queue from noise and
 * proves nothing: that a tag is deployed once is the intake's deduplication (once.ts).
 *
 *     put (claimed) ── message sent ── enqueuedAt        a repeated delivery is a replay
 *          └── the function dies: the sender got no answer; after 30 s its next delivery takes the claim over and
 *              sends the same message
 *
 * Where it dies after the message is sent, the message is sent a second time.
 */
export class Deliveries {
  constructor(
    private readonly table: Table<DeliveryItem>,
    private readonly clock: () => number,
  ) {}

  /** Writes a delivery with the unique id of its claim. A delivery that asks for nothing is done by that. */
  async claim(item: DeliveryItem, claim: string): Promise<Claimed> {
    const mine =
      item.refused === undefined ? { ...item, claim, claimedAt: this.clock() } : { ...item, claim };
    const written = await this.table.put(mine, {
      expression: 'attribute_not_exists(#key)',
      names: { '#key': 'key' },
    });
    if (written.done) return { claimed: mine };
    const found = written.found ?? mine;
    // A retry of the SDK finds the item that its own first try wrote.
    if (found.claim === claim) return { claimed: found };
    if (found.refused !== undefined || found.enqueuedAt !== undefined) return { replayOf: found };
    return this.takeOver(found, claim);
  }

  private async takeOver(found: DeliveryItem, claim: string): Promise<Claimed> {
    const { key, claimedAt = 0, claim: former = '' } = found;
    const leftMs = claimedAt + claimSeconds * 1000 - this.clock();
    if (leftMs > 0) return { busySeconds: Math.ceil(leftMs / 1000) };
    const taken = await this.table.update(
      { key },
      {
        expression: 'SET #claim = :claim, claimedAt = :now',
        names: { '#claim': 'claim' },
        values: { ':claim': claim, ':now': this.clock() },
      },
      {
        expression: '#claim = :former AND attribute_not_exists(enqueuedAt)',
        values: { ':former': former },
      },
    );
    if (taken.done) return { claimed: taken.item ?? { ...found, claim } };
    const present = taken.found ?? found;
    if (present.claim === claim) return { claimed: present };
    return present.enqueuedAt === undefined ? { busySeconds: claimSeconds } : { replayOf: present };
  }

  async done({ key }: DeliveryItem): Promise<void> {
    await this.table.update(
      { key },
      { expression: 'SET enqueuedAt = :now', values: { ':now': this.clock() } },
    );
  }

  /** Ends the claim where nothing was put on the queue, or may not have been: the next delivery need not wait. */
  async giveUp({ key, claim = '' }: DeliveryItem): Promise<void> {
    await this.table.update(
      { key },
      { expression: 'SET claimedAt = :never', names: { '#claim': 'claim' }, values: { ':never': 0 } },
      { expression: '#claim = :claim', values: { ':claim': claim } },
    );
  }
}
