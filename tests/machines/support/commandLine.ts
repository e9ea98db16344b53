import type { CloudState } from '@forseti/embedded-cloud';
import { main } from '../../../cli/main';
import type { Session } from '../../../cli/session/session';
import { keptTerminal } from '../../unit/cli/support';
import { startTestStack, type TestStack } from './testStack';

/** The output of a command, and its exit code. */
export interface Typed {
  readonly code: number;
  readonly out: string;
  readonly note: string;
}

/**
 * The command line as a person types it, on a session.
 * @param answer the person's answer to a question; without one, there is no terminal for questions.
 */
export const commandLineOn =
  (session: Session, answer?: string) =>
  async (...words: string[]): Promise<Typed> => {
    const terminal = keptTerminal();
    const code = await main(['node', 'forseti', ...words], {
      root: process.cwd(),
      folder: process.cwd(),
      terminal: { ...terminal, ...(answer !== undefined && { ask: async () => answer }) },
      open: async () => session,
    });
    return { code, out: terminal.outs.join('\n'), note: terminal.notes.join('\n') };
  };

/**
 * Makes a stack before the first test of a file. Each test gets a copy of its own, and a command line on it.
 * @returns starts the copy, or another given state.
 */
export const savedStack = (
  make: () => Promise<TestStack>,
): ((change?: (state: CloudState) => CloudState) => Promise<{
  readonly stack: TestStack;
  readonly typed: ReturnType<typeof commandLineOn>;
}>) => {
  let saved: CloudState;
  beforeAll(async () => {
    saved = (await make()).cloud.snapshot();
  });
  return async (change = (state) => state) => {
    const stack = await startTestStack({ from: change(saved) });
    return { stack, typed: commandLineOn(stack.session) };
  };
};

/** All changes, also in Forseti's own tables. */
export const changes = ({ cloud }: TestStack): string[] =>
  cloud.calls.mutating
    .filter(({ action, error }) => action !== 'Invoke' && error === undefined)
    .map(({ service, action }) => `${service}:${action}`);
