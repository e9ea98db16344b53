import { nameOf } from './failure';

/** How often a write is tried in all when it conflicts with another region's. */
export const conflictTries = 6;

const firstDelayMs = 25;

/**
 * How long to wait after a conflict: doubling from 25 ms, and up to half as long again, by a hash of the writer's name, so that
 * two writers that met do not meet again.
 */
export const conflictDelayMs = (tries: number, writer: string): number => {
  let sum = 0;
  for (let index = 0; index < writer.length; index += 1) sum = (sum * 31 + writer.charCodeAt(index)) % 1009;
  return Math.round(firstDelayMs * 2 ** (tries - 1) * (1 + sum / 2018));
};

/**
 * An MRSC table refuses a write that conflicts with another region's write of the same item. Nothing was written then, so the
 * write is tried again. The SDK retries it, too, but its number of tries is shared by all kinds of errors.
 * @throws whatever else the write throws, and the conflict after {@link conflictTries}
 */
export const retryingConflicts = async <Answer>(
  write: () => Promise<Answer>,
  writer: string,
  sleep: (ms: number) => Promise<void>,
): Promise<Answer> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (nameOf(error) !== 'ReplicatedWriteConflictException' || tries >= conflictTries) throw error;
      await sleep(conflictDelayMs(tries, writer));
    }
  }
};
