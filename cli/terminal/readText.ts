import { existsSync, readFileSync } from 'node:fs';
import { UsageError } from './errors';

/** The text of a file that a person named. @throws UsageError where it cannot be read. */
export const readText = (file: string): string => {
  if (!existsSync(file))
    throw new UsageError(`There is no file ${file}. Give its path, or go to the folder that holds it.`);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** The text of a file, or of standard input where it is named `-`. @throws UsageError where it cannot be read. */
export const readInputText = (file: string): string => {
  if (file !== '-') return readText(file);
  if (process.stdin.isTTY) throw new UsageError('Nothing is piped in: give a file, or end a pipe here.');
  // By number, which needs no /dev/stdin.
  return readFileSync(0, 'utf8');
};
