import { UsageError } from './errors';
import type { Terminal } from './terminal';

/** Asks on a terminal; undefined where input or output is none, so that no pipe answers by accident. */
export const askOn = (input: NodeJS.ReadStream, output: NodeJS.WriteStream) =>
  input.isTTY && output.isTTY
    ? async (question: string): Promise<string> => {
        const { createInterface } = await import('node:readline/promises');
        const lines = createInterface({ input, output });
        try {
          return await lines.question(question);
        } finally {
          lines.close();
        }
      }
    : undefined;

/** Asks a yes-or-no question; no is the default. @throws UsageError where nobody can be asked. */
export const confirm = async ({ ask }: Pick<Terminal, 'ask'>, question: string): Promise<boolean> => {
  if (!ask) throw new UsageError('Nobody can be asked here. Read what would be done, then give --yes.');
  return /^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim());
};
