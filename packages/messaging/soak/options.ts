import { parseArgs } from 'node:util';
import type { TableKind } from './plan';

export interface Options {
  readonly messages: number;
  readonly seed: number;
  readonly table: TableKind;
  readonly format: 'plain' | 'json';
}

export const usage =
  'Usage: npm run soak -- [--messages N] [--seed N] [--table strong|eventual] [--format plain|json]';

const isOf = <Word extends string>(words: readonly Word[], given: string): given is Word =>
  (words as readonly string[]).includes(given);

const wrong = (name: string, given: string, expected: string): string =>
  `--${name} is '${given}', expected ${expected}`;

const parse = (given: readonly string[]) =>
  parseArgs({
    args: [...given],
    options: {
      messages: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      table: { type: 'string', default: 'strong' },
      format: { type: 'string', default: 'plain' },
    },
  }).values;

/** What is asked for, or all that is wrong with it. */
export const readOptions = (given: readonly string[]): Options | { readonly problems: readonly string[] } => {
  let values;
  try {
    values = parse(given);
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
  const { table, format } = values;
  const messages = Number(values.messages);
  const seed = Number(values.seed);
  const isTable = isOf(['strong', 'eventual'], table);
  const isFormat = isOf(['plain', 'json'], format);
  const problems = [
    !(Number.isInteger(messages) && messages > 0) &&
      wrong('messages', values.messages, 'a whole number from 1'),
    !Number.isSafeInteger(seed) && wrong('seed', values.seed, 'a whole number'),
    !isTable && wrong('table', table, 'strong (MRSC) or eventual (MREC)'),
    !isFormat && wrong('format', format, 'plain or json'),
  ].filter((problem) => problem !== false);
  if (problems.length > 0 || !isTable || !isFormat) return { problems };
  return { messages, seed, table, format };
};
