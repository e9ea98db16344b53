import { messageOf, nameOf } from '../aws/failure';
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
  /** Messages whose effect ran under two leases, of which one had run out. Undefined without a store. */
  readonly doneTwice?: readonly DoneTwice[];
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
  replayed: number;
  doneAlready: number;
  kept: Kept[];
}

const emptyTally = (): Tally => ({ found: 0, replayed: 0, doneAlready: 0, kept: [] });

/**
 * Brings both sides together: sends on what lies in the spools (oldest first) and in the dead-letter queues, each
 * message under its own id, and removes it only once a region has acknowledged it. A run that dies, or two at once, send
 * some messages twice, which consumers take as one.
 */
export const synchronise = async (settings: SynchroniseSettings): Promise<SynchroniseReport> => {
  const before = await Promise.all(settings.sides.map(lookAt));
  const spool = emptyTally();
  const deadLetters = emptyTally();
  for (const each of settings.spools) await replaySpool(each, settings, spool);
  if (settings.dryRun === true)
    for (const side of before)
      deadLetters.found += 'deadLetters' in side ? (side.deadLetters?.visible ?? 0) : 0;
  else for (const side of settings.sides) await replaySide(side, settings, deadLetters);
  const after = settings.dryRun === true ? before : await Promise.all(settings.sides.map(lookAt));
  const doneTwice = await settings.done?.store.doneTwice();
  return { before, after, spool, deadLetters, ...(doneTwice !== undefined && { doneTwice }) };
};

const replaySpool = async (spool: Spool, settings: SynchroniseSettings, tally: Tally): Promise<void> => {
  // A group whose earlier message stays must not be overtaken by its later ones.
  const heldGroups = new Set<string>();
  try {
    for (const { message } of await spool.list()) {
      const { id, groupId } = message;
      tally.found += 1;
      if (settings.dryRun === true) continue;
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
  if (queueUrl === undefined) return;
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
