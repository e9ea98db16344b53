import { LeaseLost } from './errors';
import type { LeaseAnswer, LeaseRequest, Lease, Mark } from './lease';

/**
 * How far a store's conditional writes hold:
 * - `process`: among the workers of one process (in memory);
 * - `region`: among all that use the table in one region (a single-region table);
 * - `eventual`: an MREC global table: within a region, but two regions can both win the same write;
 * - `strong`: an MRSC global table: among all regions.
 */
export type Consistency = 'process' | 'region' | 'eventual' | 'strong';

/** How the effect ended, as it is kept for doubles. */
export interface Done {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Epoch milliseconds; until then a double is recognised. */
  readonly keptUntil: number;
  /** JSON. */
  readonly result?: string;
}

/** A message of which an effect may have happened `times` times more than once. */
export interface DoneTwice {
  readonly id: string;
  readonly times: number;
}

/** Where consumers write down what they work on and what is done. */
export interface DeduplicationStore {
  /** @throws ConsistencyRefused where the store cannot keep what it was asked to promise */
  consistency(): Promise<Consistency>;
  /** Takes the lease where the message is free: one conditional write. */
  begin(claim: LeaseRequest): Promise<LeaseAnswer>;
  /** Writes the done mark. @throws LeaseLost where somebody else has taken over, which is counted: {@link doneTwice} */
  finish(lease: Lease, done: Done): Promise<void>;
  /** Gives the lease back after a failure, so that the next try need not wait; does nothing where it is lost. */
  release(lease: Lease): Promise<void>;
  /** What is known of a message. */
  read(id: string): Promise<Mark | undefined>;
  /** All messages that somebody finished after losing the lease. Reads the whole table. */
  doneTwice(): Promise<readonly DoneTwice[]>;
}

/** The same sentence from every store. */
export const leaseLost = ({ id, owner, fence }: Lease, mark: Mark | undefined): LeaseLost =>
  new LeaseLost(
    `The lease of message ${id} with fence ${String(fence)} (${owner}) was lost to ${mark?.heldBy ?? 'nobody'} with fence ` +
      `${String(mark?.fence ?? 0)} before its effect ended. Condition the effect on the fence, and let the lease outlast it.`,
  );
