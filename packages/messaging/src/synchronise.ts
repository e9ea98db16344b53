import { messageOf, nameOf } from './failure';
import { type DeadLetter, deleteLetter, readDeadLetters } from './deadLetters';
import { contentOf, hashOf, markId, type SqsRecord } from './message';
import type { IdentifiedMessage } from './outgoing';
import type { Publisher } from './publish';
import { type RegionalQueue, type RegionReport, reportRegion } from './regionalQueue';
import type { Spool } from './spool';
import { conflicting, type DeduplicationStore, type DoneTwice, saysOther } from './store';

export interface SynchroniseSettings {
  /** Sends the messages on; its own spools are not used for them. */
  readonly publisher: Publisher;
  /** One of each region, with its dead-letter queue. */
  readonly queues: readonly RegionalQueue[];
  readonly spools: readonly Spool[];
  /** The consumers' store and name: what they have done is not sent again, and what was done twice is reported. */
  readonly done?: {
    readonly store: DeduplicationStore;
    readonly consumer: string;
    /** Epoch milliseconds. */
    readonly clock: () => number;
    /** As the consumer's own; see `DeduplicateOptions`. */
    readonly payloadOf?: (record: Pick<SqsRecord, 'body'>) => string | undefined;
  };
  /** Gives each replay an id of its own, or a FIFO queue would drop it as a double of the first send. */
  readonly newId: () => string;
  /** At most so many dead letters of each queue. Default: 10,000. */
  readonly limit?: number;
  /**
   * When to stop, in epoch milliseconds of this clock. Default: when all is done. A message that is under way is finished,
   * which takes at most the publisher's time-outs of all regions; the next one is not begun.
   */
  readonly deadline?: { readonly clock: () => number; readonly at: number };
  /** Counts only. Nothing is sent, and nothing is received, since SQS counts each receive towards `maxReceiveCount`. */
  readonly dryRun?: boolean;
}

/** A message that stays where it is. */
export interface KeptMessage {
  readonly id: string;
  readonly where: string;
  readonly reason: string;
}

export interface SynchroniseReport {
  /** What the queues held before and after. */
  readonly before: readonly RegionReport[];
  readonly after: readonly RegionReport[];
  readonly spool: Replayed;
  readonly deadLetters: Replayed;
  /** Messages whose effect ran under two leases, the first of which had expired. Absent without a store, and after the deadline. */
  readonly doneTwice?: readonly DoneTwice[];
  /** Present only after the deadline: what was not tried (dead letters by SQS's approximate counts). Run it again. */
  readonly left?: { readonly spooled: number; readonly deadLetters: number };
}

/** What became of the messages of the spools, or of the dead-letter queues. */
export interface Replayed {
  readonly found: number;
  readonly replayed: number;
  /** Removed without being sent, since the consumer has done them already. */
  readonly doneAlready: number;
  readonly kept: readonly KeptMessage[];
}

interface Tally {
  found: number;
  untried: number;
  replayed: number;
  doneAlready: number;
  kept: KeptMessage[];
}

const emptyTally = (): Tally => ({ found: 0, untried: 0, replayed: 0, doneAlready: 0, kept: [] });

/**
 * Brings the regions together: sends on the messages of the spools (oldest first) and of the dead-letter queues, each under
 * its own id. A message is removed only after a region has acknowledged it. A run that dies, and two runs at once, send
 * some messages twice; consumers recognise them by their id.
 *
 * Needs `sqs:GetQueueAttributes` on all queues, `sqs:ReceiveMessage`, `DeleteMessage` and `ChangeMessageVisibility` on the
 * dead-letter queues, `sqs:SendMessage` on the queues, and what spools and store need.
 */
export const synchronise = async (settings: SynchroniseSettings): Promise<SynchroniseReport> => {
  const { queues, spools, dryRun = false, done } = settings;
  const before = await Promise.all(queues.map(reportRegion));
  const spool = emptyTally();
  const deadLetters = emptyTally();
  for (const each of spools) await replaySpool(each, settings, spool);
  if (dryRun) deadLetters.found = deadLettersIn(before);
  else for (const queue of queues) await replayDeadLetters(queue, settings, deadLetters);
  const after = dryRun ? before : await Promise.all(queues.map(reportRegion));
  const stopped = !dryRun && isOver(settings);
  const doneTwice = stopped ? undefined : await done?.store.doneTwice();
  return {
    before,
    after,
    spool: reportOf(spool),
    deadLetters: reportOf(deadLetters),
    ...(doneTwice !== undefined && { doneTwice }),
    ...(stopped && { left: { spooled: spool.untried, deadLetters: deadLettersIn(after) } }),
  };
};

const reportOf = ({ found, replayed, doneAlready, kept: stay }: Tally): Replayed => ({
  found,
  replayed,
  doneAlready,
  kept: stay,
});

const isOver = ({ deadline }: SynchroniseSettings): boolean =>
  deadline !== undefined && deadline.clock() >= deadline.at;

const deadLettersIn = (reports: readonly RegionReport[]): number =>
  reports.reduce((sum, report) => {
    if (!('deadLetters' in report) || report.deadLetters === undefined) return sum;
    const { visible, inFlight, delayed } = report.deadLetters;
    return sum + visible + inFlight + delayed;
  }, 0);

const replaySpool = async (spool: Spool, settings: SynchroniseSettings, tally: Tally): Promise<void> => {
  // When a message of a FIFO group stays here, the later ones of its group must not overtake it.
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
        if (await isDone(message, settings)) tally.doneAlready += 1;
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

const replayDeadLetters = async (
  { client, deadLetterQueueUrl: queueUrl, region }: RegionalQueue,
  settings: SynchroniseSettings,
  tally: Tally,
): Promise<void> => {
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

/** @returns true where it was sent, false where a consumer has done it already */
const replayLetter = async (
  { message, problem }: DeadLetter,
  settings: SynchroniseSettings,
): Promise<boolean> => {
  if (await isDone(message, settings)) return false;
  if (problem !== undefined) throw new Error(`The message stays: ${problem}.`);
  await settings.publisher.send({ ...message, deduplicationId: settings.newId() });
  return true;
};

/** @throws ConflictingMessage where another message under its id was done: it stays where it is, for a person */
const isDone = async (
  { id, body }: Pick<IdentifiedMessage, 'id' | 'body'>,
  { done }: SynchroniseSettings,
): Promise<boolean> => {
  if (!done) return false;
  const mark = await done.store.read(markId(done.consumer, id));
  if (mark?.doneAt === undefined || (mark.keptUntil ?? 0) <= done.clock()) return false;
  if (saysOther(mark, hashOf((done.payloadOf ?? contentOf)({ body })))) throw conflicting(id, mark);
  return true;
};

const kept = (id: string, where: string, error: unknown): KeptMessage => ({
  id,
  where,
  reason: `${nameOf(error)}: ${messageOf(error)}`,
});
