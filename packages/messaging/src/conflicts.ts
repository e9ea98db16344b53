import { nameOf } from './failure';

/** How often a write that met another region's is tried in all. */
export const conflictTries = 6;

const firstDelayMs = 25;

/**
 * How long to wait after a conflict: doubling from 25 ms, stretched by up to one half more by the writer's own name, so that two
 * writers who met do not meet again.
 */
export const conflictDelayMs = (tries: number, writer: string): number => {
  let sum = 0;
  for (let index = 0; index < writer.length; index += 1) sum = (sum * 31 + writer.charCodeAt(index)) % 1009;
  return Math.round(firstDelayMs * 2 ** (tries - 1) * (1 + sum / 2018));
};

/**
 * An MRSC table refuses a write that meets another region's write of the same item; nothing was written then, so the
 * write is simply tried again. The SDK retries it too, but as often as its client allows for all errors together.
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
