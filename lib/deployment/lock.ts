import type { Table, Written } from '../aws/table';
import { Halted, LockLost } from './errors';

/** The longest time-out of a function that changes a fleet: after it, nothing of an ended execution can still land. */
export const longestFunctionTimeoutSeconds = 60;

/** One item a fleet (its group's name). The fence only ever grows, also while nobody holds the lock. */
export interface LockItem {
  readonly fleet: string;
  readonly fence: number;
  /** Absent: free. */
  readonly owner?: string;
  readonly deployment?: string;
  readonly takenAt?: number;
  /** Set by whoever wants the owner to stop; compensation goes on in spite of it. */
  readonly halt?: { readonly by: string; readonly reason: string };
}

/** What a holder knows of its lock. */
export interface Hold {
  readonly fleet: string;
  readonly owner: string;
  readonly fence: number;
}

/**
 * One deployment or rollback per fleet. The lock never expires by the clock: it is taken over only from an owner that was
 * seen to have ended, under the fence that was seen with it.
 */
export class Locks {
  constructor(private readonly table: Table<LockItem>) {}

  async read(fleet: string): Promise<LockItem | undefined> {
    return this.table.get({ fleet });
  }

  /** All locks that somebody holds. */
  async held(): Promise<LockItem[]> {
    return this.table.scan({ expression: 'attribute_exists(#owner)', names: { '#owner': 'owner' } });
  }

  /**
   * Takes a free lock, or one whose item is still as it was `seen` (a take-over). Taking what one holds already
   * succeeds with the same fence: a retry after a lost answer. The fence grows in the same write.
   */
  async take(
    wanted: { fleet: string; owner: string; deployment: string; now: number },
    seen?: LockItem,
  ): Promise<{ hold: Hold } | { heldBy: LockItem }> {
    const { fleet, owner } = wanted;
    const taken = await this.table.update(
      { fleet },
      {
        expression:
          'SET #owner = :owner, deployment = :deployment, takenAt = :now, fence = if_not_exists(fence, :zero) + :one REMOVE halt',
        names: { '#owner': 'owner' },
        values: {
          ':owner': owner,
          ':deployment': wanted.deployment,
          ':now': wanted.now,
          ':zero': 0,
          ':one': 1,
        },
      },
      freeOrUnchangedSince(seen),
    );
    const item = taken.done ? taken.item : taken.found;
    if (item?.owner === owner) return { hold: { fleet, owner, fence: item.fence } };
    return { heldBy: item ?? { fleet, fence: 0 } };
  }

  /** Lets go; does nothing where somebody else holds the lock. The fence stays. */
  async release(hold: Pick<Hold, 'fleet' | 'owner'>): Promise<Written<LockItem>> {
    return this.table.update(
      { fleet: hold.fleet },
      { expression: 'REMOVE #owner, deployment, takenAt, halt', names: { '#owner': 'owner' } },
      { expression: '#owner = :owner', names: { '#owner': 'owner' }, values: { ':owner': hold.owner } },
    );
  }

  /** Asks the owner to stop. A halt that stands already stays. */
  async halt(hold: Pick<Hold, 'fleet' | 'owner'>, halt: { by: string; reason: string }): Promise<void> {
    await this.table.update(
      { fleet: hold.fleet },
      { expression: 'SET halt = if_not_exists(halt, :halt)', values: { ':halt': halt } },
      { expression: '#owner = :owner', names: { '#owner': 'owner' }, values: { ':owner': hold.owner } },
    );
  }

  /**
   * To be called just before every change of the fleet.
   * @param undoing compensation goes on in spite of a halt.
   * @throws LockLost, Halted
   */
  async guard(hold: Hold, undoing = false): Promise<void> {
    const lock = await this.read(hold.fleet);
    if (lock?.owner !== hold.owner || lock.fence !== hold.fence)
      throw new LockLost(
        `The lock of fleet ${hold.fleet} is held by ${lock?.owner ?? 'nobody'} with fence ${String(lock?.fence ?? 0)}, ` +
          `expected ${hold.owner} with fence ${String(hold.fence)}: this execution changes nothing any more.`,
      );
    if (lock.halt && !undoing) throw new Halted(`Halted by ${lock.halt.by}: ${lock.halt.reason}`);
  }
}

/** Nobody holds the lock; or, for a take-over, whoever was seen to have ended, under the fence that was seen. */
const freeOrUnchangedSince = (seen: LockItem | undefined) =>
  seen?.owner === undefined
    ? { expression: 'attribute_not_exists(#owner)', names: { '#owner': 'owner' } }
    : {
        expression: 'attribute_not_exists(#owner) OR (fence = :fence AND #owner = :seen)',
        names: { '#owner': 'owner' },
        values: { ':fence': seen.fence, ':seen': seen.owner },
      };
