import type { Table, Written } from '../aws/table';
import { Halted, LockLost } from './errors';
import type { LockItem, Halt, Taker, Waiting, Act, Hold } from './lockItem';

/**
 * The longest time-out of a function that changes a fleet. After it, no call of an ended execution can still take
 * effect.
 */
export const maxFunctionTimeoutSeconds = 60;

/**
 * One deployment or rollback per fleet. The lock never expires by the clock. It is taken over only from an owner that
 * was seen to have ended, under the fence that was seen with it.
 */
export class Locks {
  constructor(private readonly table: Table<LockItem>) {}

  async read(fleet: string): Promise<LockItem | undefined> {
    return this.table.get({ fleet });
  }

  /** All locks that have an owner. */
  async held(): Promise<LockItem[]> {
    return this.table.scan({ expression: 'attribute_exists(#owner)', names: { '#owner': 'owner' } });
  }

  /**
   * Takes a free lock, or one that is unchanged since it was `seen` (a take-over). If the caller has the lock already
   * (a retry after a lost answer), it succeeds with the same fence. The write that takes the lock also raises the
   * fence.
   */
  async take(
    wanted: Taker & {
      readonly fleet: string;
      readonly now: number;
      readonly act?: Act;
      readonly since?: number;
      readonly order?: string;
    },
    seen?: LockItem,
  ): Promise<{ hold: Hold } | { heldBy: LockItem }> {
    const { fleet, owner } = wanted;
    const taken = await this.table.update(
      { fleet },
      takenBy(wanted, wanted.now, wanted.act ?? 'person', wanted),
      freeOrUnchangedSince(seen),
    );
    const item = taken.done ? taken.item : taken.found;
    if (item?.owner === owner) return { hold: { fleet, owner, fence: item.fence } };
    return { heldBy: item ?? { fleet, fence: 0 } };
  }

  /** Releases the lock if one of the `owners` holds it. The fence stays. */
  async release(fleet: string, owners: readonly string[]): Promise<boolean> {
    const released = await this.table.update(
      { fleet },
      { expression: 'REMOVE #owner, deployment, takenAt, halt, handing', names: { '#owner': 'owner' } },
      {
        expression: `#owner IN (${owners.map((_, index) => `:owner${String(index)}`).join(', ')})`,
        names: { '#owner': 'owner' },
        values: Object.fromEntries(owners.map((owner, index) => [`:owner${String(index)}`, owner])),
      },
    );
    return released.done;
  }

  /**
   * Asks the owner to stop. An earlier halt stays.
   * @returns the lock after the write; undefined if another owner holds it.
   */
  async halt(hold: Pick<Hold, 'fleet' | 'owner'>, halt: Halt): Promise<LockItem | undefined> {
    const halted = await this.table.update(
      { fleet: hold.fleet },
      { expression: 'SET halt = if_not_exists(halt, :halt)', values: { ':halt': halt } },
      isOwner(hold),
    );
    return halted.done ? halted.item : undefined;
  }

  /**
   * A rollback asks the owner to stop and to hand the lock over. Refused if another rollback has asked before, or if
   * the lock has changed since it was `seen`.
   */
  async haltFor(seen: LockItem & { owner: string }, halt: Required<Halt>): Promise<Written<LockItem>> {
    return this.table.update(
      { fleet: seen.fleet },
      { expression: 'SET halt = :halt', values: { ':halt': halt } },
      {
        expression:
          '#owner = :owner AND fence = :fence AND (attribute_not_exists(halt.handOver) OR halt.handOver.#owner = :taker)',
        names: { '#owner': 'owner' },
        values: { ':owner': seen.owner, ':fence': seen.fence, ':taker': halt.handOver.owner },
      },
    );
  }

  /**
   * The owner agrees to leave its rollout to the rollback that halted it.
   * @returns that rollback; undefined if no rollback has asked.
   */
  async agreeToHandOver(hold: Hold): Promise<Taker | undefined> {
    const agreed = await this.table.update(
      { fleet: hold.fleet },
      { expression: 'SET handing = :true', values: { ':true': true } },
      {
        expression: '#owner = :owner AND fence = :fence AND attribute_exists(halt.handOver)',
        names: { '#owner': 'owner' },
        values: { ':owner': hold.owner, ':fence': hold.fence },
      },
    );
    return agreed.done ? agreed.item?.halt?.handOver : undefined;
  }

  /**
   * A rollback that gives up withdraws its request; the owner then undoes everything itself.
   * @returns false if the owner has agreed already: the rollback is going to get the lock.
   */
  async withdraw(fleet: string, taker: string): Promise<boolean> {
    const names = { '#owner': 'owner' };
    const withdrawn = await this.table.update(
      { fleet },
      { expression: 'REMOVE halt.handOver' },
      {
        expression: 'halt.handOver.#owner = :taker AND attribute_not_exists(handing)',
        names,
        values: { ':taker': taker },
      },
    );
    return withdrawn.done || withdrawn.found?.halt?.handOver?.owner !== taker;
  }

  /** Hands the lock from the owner to the rollback that it agreed with, under a new fence. */
  async handOver(fleet: string, to: Taker, now: number, act: Act): Promise<boolean> {
    const handed = await this.table.update({ fleet }, takenBy(to, now, act), {
      expression: 'handing = :true AND halt.handOver.#owner = :to',
      names: { '#owner': 'owner' },
      values: { ':to': to.owner, ':true': true },
    });
    return handed.done;
  }

  /**
   * Takes the fleet's single waiting place, which belongs to the newest request.
   * @returns the older request that had the place, or the newer one that keeps it.
   */
  async queue(
    fleet: string,
    waiting: Waiting,
  ): Promise<{ readonly instead?: string } | { readonly newer: Waiting }> {
    const queued = await this.table.update(
      { fleet },
      {
        expression: 'SET waiting = :waiting, fence = if_not_exists(fence, :zero)',
        values: { ':waiting': waiting, ':zero': 0 },
      },
      {
        expression:
          'attribute_not_exists(waiting) OR waiting.deployment = :deployment OR waiting.#order < :order OR ' +
          '(attribute_not_exists(waiting.#order) AND waiting.since < :since)',
        names: { '#order': 'order' },
        values: {
          ':since': waiting.since,
          ':order': waiting.order ?? '',
          ':deployment': waiting.deployment,
        },
      },
      { before: true },
    );
    if (!queued.done) return { newer: queued.found?.waiting ?? waiting };
    const before = queued.item?.waiting?.deployment;
    return before === undefined || before === waiting.deployment ? {} : { instead: before };
  }

  /** Gives the waiting place up if this request still has it. */
  async leaveQueue(fleet: string, deployment: string): Promise<void> {
    await this.table.update(
      { fleet },
      { expression: 'REMOVE waiting' },
      { expression: 'waiting.deployment = :deployment', values: { ':deployment': deployment } },
    );
  }

  /**
   * Call it just before every change of the fleet.
   * @param undoing the compensation goes on in spite of a halt.
   * @throws LockLost, Halted
   */
  async guard(hold: Hold, undoing = false): Promise<void> {
    const lock = await this.read(hold.fleet);
    if (lock?.owner !== hold.owner || lock.fence !== hold.fence)
      throw new LockLost(
        `The lock of fleet ${hold.fleet} is held by ${lock?.owner ?? 'nobody'} with fence ${String(lock?.fence ?? 0)}, ` +
          `expected ${hold.owner} with fence ${String(hold.fence)}: this execution changes nothing any more.`,
      );
    if (lock.halt && !undoing)
      throw new Halted(`Halted by ${lock.halt.by}: ${lock.halt.reason}`, { by: lock.halt.by });
  }
}

/** The lock is free or, for a take-over, still has the owner and the fence that were seen. */
const freeOrUnchangedSince = (seen: LockItem | undefined) =>
  seen?.owner === undefined
    ? { expression: 'attribute_not_exists(#owner)', names: { '#owner': 'owner' } }
    : {
        expression: 'attribute_not_exists(#owner) OR (fence = :fence AND #owner = :seen)',
        names: { '#owner': 'owner' },
        values: { ':fence': seen.fence, ':seen': seen.owner },
      };

const isOwner = ({ owner }: Pick<Hold, 'owner'>) => ({
  expression: '#owner = :owner',
  names: { '#owner': 'owner' },
  values: { ':owner': owner },
});

/** Taking the lock raises the fence. A person's act also ends the restrictions after the last rollback. */
const takenBy = (
  { owner, deployment }: Taker,
  now: number,
  act: Act,
  { since, order }: { readonly since?: number; readonly order?: string } = {},
) => {
  const rollback = act === 'rollback' || act === 'automatic rollback';
  // A repair goes on where the owner stopped: what the owner agreed with a rollback stays.
  const removed = act === 'mending' ? [] : ['halt', 'handing', ...(act === 'person' ? ['rolledBack'] : [])];
  return {
    expression:
      'SET #owner = :owner, deployment = :deployment, takenAt = :now, fence = if_not_exists(fence, :zero) + :one' +
      (rollback ? ', rolledBack = :rolledBack' : '') +
      (since === undefined ? '' : ', latest = :latest') +
      (removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''),
    names: { '#owner': 'owner' },
    values: {
      ':owner': owner,
      ':deployment': deployment,
      ':now': now,
      ':zero': 0,
      ':one': 1,
      ...(since !== undefined && {
        ':latest': { deployment, since, ...(order !== undefined && { order }) },
      }),
      ...(rollback && { ':rolledBack': { deployment, at: now, automatic: act === 'automatic rollback' } }),
    },
  };
};
