import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CloudState } from '../cloud/cloud';
import type { Journaled } from './protocol';

/** The content of the file: the last quiet snapshot, and the commands since then. */
export interface StateFile {
  readonly format: 1;
  readonly buildHash: string;
  readonly seed: number;
  readonly description?: unknown;
  readonly snapshot: CloudState;
  /** `at` is the virtual time in epoch milliseconds. The replay checks it. */
  readonly journal: readonly { readonly at: number; readonly command: Journaled }[];
}

export class StateFileBroken extends Error {
  override readonly name = 'StateFileBroken';
}

/** Encodes bytes and dates in the inputs of calls, which JSON alone would lose. */
const pack = (value: Date | Uint8Array): unknown =>
  value instanceof Date ? { $date: value.getTime() } : { $bytes: Buffer.from(value).toString('base64') };

const unpack = (_key: string, value: unknown): unknown => {
  const packed = value as { $bytes?: unknown; $date?: unknown } | null;
  if (typeof packed?.$bytes === 'string') return Uint8Array.from(Buffer.from(packed.$bytes, 'base64'));
  if (typeof packed?.$date === 'number') return new Date(packed.$date);
  return value;
};

const packed = (value: unknown): unknown => {
  if (value instanceof Date || value instanceof Uint8Array) return pack(value);
  if (Array.isArray(value)) return value.map(packed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, packed(member)]));
};

/** Whether something is running that another build's code could not continue. */
export const isUnderWay = (file: StateFile): boolean => {
  if (file.journal.length > 0) return true;
  return Object.values(file.snapshot.regions).some((region) => {
    const states = region.services.states as
      { readonly executions?: Readonly<Record<string, { readonly status?: string }>> } | undefined;
    return Object.values(states?.executions ?? {}).some(({ status }) => status === 'RUNNING');
  });
};

/**
 * @param resetCommand the command for a new cloud, for errors
 * @returns undefined if there is no file
 * @throws StateFileBroken
 */
export const readStateFile = (path: string, resetCommand: string): StateFile | undefined => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const advice = `Make a new embedded cloud with "${resetCommand}", or remove ${path}.`;
  let parsed: Partial<StateFile>;
  try {
    parsed = JSON.parse(text, unpack) as Partial<StateFile>;
  } catch (error) {
    throw new StateFileBroken(`${path} is not JSON: ${(error as Error).message}. ${advice}`, {
      cause: error,
    });
  }
  if (parsed.format !== 1 || !parsed.snapshot || !Array.isArray(parsed.journal))
    throw new StateFileBroken(`${path} is not a state file of format 1. ${advice}`);
  return parsed as StateFile;
};

/** Writes a second file and renames it, so that the old file survives a crash in between. */
export const writeStateFile = (path: string, file: StateFile): void => {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.new`;
  writeFileSync(beside, JSON.stringify({ ...file, journal: packed(file.journal) }));
  renameSync(beside, path);
};
