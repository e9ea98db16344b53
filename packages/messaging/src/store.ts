import { ConflictingMessage, LeaseLost } from './errors';
import type { LeaseAnswer, LeaseRequest, Lease, Mark } from './lease';

/**
 * How far a store's conditional writes hold:
 * - `process`: among the workers of one process (in memory);
 * - `region`: among all that use the table in one region (a single-region table);
 * - `eventual`: an MREC global table: within a region, but two regions can both win the same write;
 * - `strong`: an MRSC global table: among all regions.
 */
export type Consistency = 'process' | 'region' | 'eventual' | 'strong';

/** How the effect ended, as it is kept for doubles. `now`: when it did. */
export interface Done {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Epoch milliseconds; a double is recognised until then. */
  readonly keptUntil: number;
  /** JSON. */
  readonly result?: string;
}

/** A message whose effect may have happened `times` more times than once. */
export interface DoneTwice {
  readonly id: string;
  readonly times: number;
}

/** Where consumers keep their leases and done marks. */
export interface DeduplicationStore {
  /** @throws ConsistencyRefused where the store cannot keep what it was asked to promise */
  consistency(): Promise<Consistency>;
  /** Takes the lease of a message that is free, by one conditional write. */
  begin(claim: LeaseRequest): Promise<LeaseAnswer>;
  /** Writes the done mark. @throws LeaseLost where another has taken over, which is counted for {@link doneTwice} */
  finish(lease: Lease, done: Done): Promise<void>;
  /** Gives the lease back after a failure, so that the next try need not wait. Does nothing where the lease is lost. */
  release(lease: Lease): Promise<void>;
  /** Reads a message's mark; `id` as {@link markId} makes it. */
  read(id: string): Promise<Mark | undefined>;
  /** All messages that were finished after their lease was lost. Reads the whole table. */
  doneTwice(): Promise<readonly DoneTwice[]>;
}

/** The error of every store for a lost lease. */
export const leaseLost = ({ id, owner, fence }: Lease, mark: Mark | undefined): LeaseLost =>
  new LeaseLost(
    `The lease of message ${id} with fence ${String(fence)} (${owner}) was lost to ${mark?.heldBy ?? 'nobody'} with fence ` +
      `${String(mark?.fence ?? 0)} before its effect ended. Condition the effect on the fence, and let the lease outlast it.`,
  );

/** Whether a mark is of a message that said something else. A mark or a message without a hash says nothing against a double. */
export const saysOther = (mark: Mark, payload: string | undefined): boolean =>
  mark.payload !== undefined && payload !== undefined && mark.payload !== payload;

export const conflicting = (id: string, { doneAt }: Mark): ConflictingMessage =>
  new ConflictingMessage(
    `A message with the id ${id} was done${doneAt === undefined ? '' : ` at ${new Date(doneAt).toISOString()}`}, and its ` +
      'body was another one: this message is no double of it, and its effect has not happened. Publish it under an id of its own.',
  );
