import { messageOf, nameOf } from '../../../lib/aws/failure';
import { type DeadLetter, deleteLetter, readDeadLetters } from './deadLetters';
import { markId } from './message';
import type { Publisher } from './publish';
import { lookAt, type Side, type SideReport } from './sides';
import type { Spool } from './spool';
import type { DeduplicationStore, DoneTwice } from './store';

export interface SynchroniseSettings {
  /** Sends the messages on; its own spools are not used for them. */
  readonly publisher: Publisher;
  readonly sides: readonly Side[];
  readonly spools: readonly Spool[];
  /** The consumers' store and name: what they have done already is not sent again, and what was done twice is told. */
  readonly done?: {
    readonly store: DeduplicationStore;
    readonly consumer: string;
    /** Epoch milliseconds. */
    readonly clock: () => number;
  };
  /** A replay's own id, so that a FIFO queue does not swallow it as a double of what it sent before. */
  readonly newId: () => string;
  /** At most so many dead letters of each queue. 10,000 unless told. */
  readonly limit?: number;
  /**
   * When to stop, in epoch milliseconds by that clock; unless told, it ends when all is done. A message that is under way
   * is finished, which takes a publisher's time-outs at most; the next is not begun.
   */
  readonly deadline?: { readonly clock: () => number; readonly at: number };
  /** Only look: nothing is sent, and nothing is received either, since that would count against the messages. */
  readonly dryRun?: boolean;
}

/** A message that stays where it is. */
export interface Kept {
  readonly id: string;
  readonly where: string;
  readonly reason: string;
}

export interface SynchroniseReport {
  readonly before: readonly SideReport[];
  readonly after: readonly SideReport[];
  readonly spool: Replayed;
  readonly deadLetters: Replayed;
  /**
   * Messages whose effect ran under two leases, of which one had run out. Undefined without a store, and where the time had
   * run out.
   */
  readonly doneTwice?: readonly DoneTwice[];
  /** Only where the time ran out: what was not tried. Dead letters by SQS's own counts; run it again. */
  readonly left?: { readonly spooled: number; readonly deadLetters: number };
}

export interface Replayed {
  readonly found: number;
  readonly replayed: number;
  /** Removed without being sent, since the consumer has done them. */
  readonly doneAlready: number;
  readonly kept: readonly Kept[];
}

interface Tally {
  found: number;
  untried: number;
  replayed: number;
  doneAlready: number;
  kept: Kept[];
}

const emptyTally = (): Tally => ({ found: 0, untried: 0, replayed: 0, doneAlready: 0, kept: [] });

/**
 * Brings both sides together: sends on what lies in the spools (oldest first) and in the dead-letter queues, each
 * message under its own id, and removes it only once a region has acknowledged it. A run that dies, or two at once, send
 * some messages twice, which consumers take as one.
 */
export const synchronise = async (settings: SynchroniseSettings): Promise<SynchroniseReport> => {
  const { sides, spools, dryRun = false, done } = settings;
  const before = await Promise.all(sides.map(lookAt));
  const spool = emptyTally();
  const deadLetters = emptyTally();
  for (const each of spools) await replaySpool(each, settings, spool);
  if (dryRun) deadLetters.found = deadLettersIn(before);
  else for (const side of sides) await replaySide(side, settings, deadLetters);
  const after = dryRun ? before : await Promise.all(sides.map(lookAt));
  const stopped = !dryRun && isOver(settings);
  const doneTwice = stopped ? undefined : await done?.store.doneTwice();
  return {
    before,
    after,
    spool: told(spool),
    deadLetters: told(deadLetters),
    ...(doneTwice !== undefined && { doneTwice }),
    ...(stopped && { left: { spooled: spool.untried, deadLetters: deadLettersIn(after) } }),
  };
};

const told = ({ found, replayed, doneAlready, kept: stay }: Tally): Replayed => ({
  found,
  replayed,
  doneAlready,
  kept: stay,
});

const isOver = ({ deadline }: SynchroniseSettings): boolean =>
  deadline !== undefined && deadline.clock() >= deadline.at;

const deadLettersIn = (sides: readonly SideReport[]): number =>
  sides.reduce((sum, side) => {
    if (!('deadLetters' in side) || side.deadLetters === undefined) return sum;
    const { visible, inFlight, delayed } = side.deadLetters;
    return sum + visible + inFlight + delayed;
  }, 0);

const replaySpool = async (spool: Spool, settings: SynchroniseSettings, tally: Tally): Promise<void> => {
  // A group whose earlier message stays must not be overtaken by its later ones.
  const heldGroups = new Set<string>();
  try {
    for (const { message } of await spool.list()) {
      const { id, groupId } = message;
      tally.found += 1;
      if (settings.dryRun === true) continue;
      if (isOver(settings)) {
        tally.untried += 1;
        continue;
      }
      if (groupId !== undefined && heldGroups.has(groupId)) {
        tally.kept.push({ id, where: spool.name, reason: `waits behind another of its group ${groupId}` });
        continue;
      }
      try {
        if (await isDone(id, settings)) tally.doneAlready += 1;
        else {
          await settings.publisher.send(message);
          tally.replayed += 1;
        }
        await spool.remove(id);
      } catch (error) {
        if (groupId !== undefined) heldGroups.add(groupId);
        tally.kept.push(kept(id, spool.name, error));
      }
    }
  } catch (error) {
    tally.kept.push(kept('(all)', spool.name, error));
  }
};

const replaySide = async (side: Side, settings: SynchroniseSettings, tally: Tally): Promise<void> => {
  const { client, deadLetterQueueUrl: queueUrl, region } = side;
  if (queueUrl === undefined || isOver(settings)) return;
  const where = `dead-letter queue of ${region}`;
  try {
    for await (const letter of readDeadLetters(client, queueUrl, settings.limit ?? 10_000)) {
      tally.found += 1;
      try {
        if (await replayLetter(letter, settings)) tally.replayed += 1;
        else tally.doneAlready += 1;
        await deleteLetter(client, queueUrl, letter);
      } catch (error) {
        tally.kept.push(kept(letter.message.id, where, error));
      }
      if (isOver(settings)) return;
    }
  } catch (error) {
    tally.kept.push(kept('(all)', where, error));
  }
};

/** @returns whether it was sent; else it is done already. */
const replayLetter = async (
  { message, problem }: DeadLetter,
  settings: SynchroniseSettings,
): Promise<boolean> => {
  if (await isDone(message.id, settings)) return false;
  if (problem !== undefined) throw new Error(`The message stays: ${problem}.`);
  await settings.publisher.send({ ...message, deduplicationId: settings.newId() });
  return true;
};

const isDone = async (id: string, { done }: SynchroniseSettings): Promise<boolean> => {
  if (!done) return false;
  const mark = await done.store.read(markId(done.consumer, id));
  return mark?.doneAt !== undefined && (mark.keptUntil ?? 0) > done.clock();
};

const kept = (id: string, where: string, error: unknown): Kept => ({
  id,
  where,
  reason: `${nameOf(error)}: ${messageOf(error)}`,
});
