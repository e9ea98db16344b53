import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

interface Held {
  readonly pid: number;
  readonly holder: string;
  /** ISO 8601, real time, for people to read. */
  readonly since: string;
}

/** Another process works on the state file. */
export class StateFileLocked extends Error {
  override readonly name = 'StateFileLocked';
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const read = (path: string): Held | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Held;
  } catch {
    return undefined;
  }
};

/**
 * Takes the lock of a state file: `FILE.lock`, which names its holder. If the holder's process has ended, the lock
 * is taken over.
 * @returns a function that releases the lock
 * @throws StateFileLocked
 */
export const takeLock = (file: string, holder: string): (() => void) => {
  const path = `${file}.lock`;
  const mine: Held = { pid: process.pid, holder, since: new Date().toISOString() };
  mkdirSync(dirname(path), { recursive: true });
  const take = () => {
    writeFileSync(path, JSON.stringify(mine), { flag: 'wx' });
  };
  try {
    take();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const other = read(path);
    if (other && isAlive(other.pid))
      throw new StateFileLocked(
        `${file} is in use by "${other.holder}" (process ${String(other.pid)}, since ${other.since}). ` +
          `Wait until it has ended, or remove ${path} if it has.`,
        { cause: error },
      );
    rmSync(path, { force: true });
    take();
  }
  return () => {
    rmSync(path, { force: true });
  };
};
