import type { BatchAnswer } from './delivery';
import { GroupHeld } from './errors';
import { fifoGroupOf, type SqsRecord } from './message';

/** A message of a batch with its id, or why it has none. */
export type LaneEntry = { readonly record: SqsRecord } & (
  { readonly id: string } | { readonly invalid: unknown }
);

/** Messages that are worked on one after another. `isGroup`: a FIFO group; a failed message holds those behind it. */
export interface Lane {
  readonly isGroup: boolean;
  readonly entries: LaneEntry[];
}

/**
 * Sorts a batch into lanes: the messages of a FIFO group in their order; doubles of one message one after another, so that
 * the second finds the first done; every other message by itself.
 */
export const lanesOf = (records: readonly SqsRecord[], idOf: (record: SqsRecord) => string): Lane[] => {
  const lanes = new Map<string, Lane>();
  records.forEach((record, index) => {
    const entry = entryOf(record, idOf);
    const group = fifoGroupOf(record);
    const name =
      group !== undefined ? `group ${group}` : 'id' in entry ? `id ${entry.id}` : `none ${String(index)}`;
    const lane = lanes.get(name);
    if (lane) lane.entries.push(entry);
    else lanes.set(name, { isGroup: group !== undefined, entries: [entry] });
  });
  return [...lanes.values()];
};

const entryOf = (record: SqsRecord, idOf: (record: SqsRecord) => string): LaneEntry => {
  try {
    return { record, id: idOf(record) };
  } catch (invalid) {
    return { record, invalid };
  }
};

/** Why a message was left untouched behind `heldBy`. */
export const groupHeld = ({ messageId }: SqsRecord, heldBy: string): GroupHeld =>
  new GroupHeld(
    `Message ${messageId} waits behind ${heldBy}, which failed before it in the same message group.`,
  );

/**
 * Works on all messages, lane by lane, and answers which of them are to come again: in the order of the batch, as a FIFO
 * queue's poller reads them.
 * @param handle returns whether SQS may delete the message; `heldBy` is the message that holds its FIFO group. Must not reject.
 */
export const answerByLane = async (
  records: readonly SqsRecord[],
  lanes: readonly Lane[],
  concurrency: number,
  handle: (entry: LaneEntry, heldBy: string | undefined) => Promise<boolean>,
): Promise<BatchAnswer> => {
  const comeAgain = new Set<SqsRecord>();
  await inParallel(lanes, concurrency, async ({ entries, isGroup }) => {
    let heldBy: string | undefined;
    for (const entry of entries)
      if (!(await handle(entry, heldBy))) {
        comeAgain.add(entry.record);
        if (isGroup) heldBy ??= entry.record.messageId;
      }
  });
  return {
    batchItemFailures: records
      .filter((record) => comeAgain.has(record))
      .map(({ messageId }) => ({ itemIdentifier: messageId })),
  };
};

/** Works on all, at most `concurrency` at a time, each taken in its turn. `work` must not reject. */
const inParallel = async <Piece>(
  pieces: readonly Piece[],
  concurrency: number,
  work: (piece: Piece) => Promise<void>,
): Promise<void> => {
  const iterator = pieces.values();
  const worker = async () => {
    for (const piece of iterator) await work(piece);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, pieces.length) }, worker));
};
