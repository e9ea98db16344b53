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
  /** Who works on it, and since when: one sandbox at a time. */
  readonly claim?: string;
  readonly claimedAt?: number;
  /** Since when its request is on the queue. */
  readonly enqueuedAt?: number;
}

/** Longer than the function runs (its time-out is 10 s): whoever claimed it so long ago is dead. */
export const claimSeconds = 30;

export type Claimed =
  { readonly claimed: DeliveryItem } | { readonly replayOf: DeliveryItem } | { readonly busySeconds: number };

/**
 * Deliveries, each done once.
 *
 *     put (claimed) ── message sent ── enqueuedAt        a delivery that comes again: replay
 *          └── died in between: nobody was told that it was accepted; after 30 s the next delivery of that id
 *              takes the claim over and sends the message, which is the same one
 *
 * Where the message was sent and the mark is missing it is sent a second time: intake does it once, by repository, tag
 * and commit.
 */
export class Deliveries {
  constructor(
    private readonly table: Table<DeliveryItem>,
    private readonly clock: () => number,
  ) {}

  /** Writes a delivery down, claimed under an id that is nobody else's; one that asks for nothing is done by that. */
  async claim(item: DeliveryItem, claim: string): Promise<Claimed> {
    const mine =
      item.refused === undefined ? { ...item, claim, claimedAt: this.clock() } : { ...item, claim };
    const written = await this.table.put(mine, {
      expression: 'attribute_not_exists(#key)',
      names: { '#key': 'key' },
    });
    if (written.done) return { claimed: mine };
    const found = written.found ?? mine;
    // The SDK's own second try meets what the first one wrote.
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

  /** Nothing was put on the queue, or nobody knows: the next delivery of that id need not wait. */
  async giveUp({ key, claim = '' }: DeliveryItem): Promise<void> {
    await this.table.update(
      { key },
      { expression: 'SET claimedAt = :never', names: { '#claim': 'claim' }, values: { ':never': 0 } },
      { expression: '#claim = :claim', values: { ':claim': claim } },
    );
  }
}
