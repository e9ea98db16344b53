import { main } from '../../../cli/main';
import { keptTerminal } from '../../unit/cli/support';
import type { TestStack } from './testStack';

/**
 * Runs the command line as a person types it, with the exit code that a shell sees. The file that uses it mocks
 * withSession, so that each command works on its stage.
 */
export const typed = async (
  ...words: string[]
): Promise<{ readonly code: number; readonly out: string; readonly note: string }> => {
  const terminal = keptTerminal();
  const code = await main(['node', 'forseti', ...words], {
    root: process.cwd(),
    folder: process.cwd(),
    terminal,
  });
  return { code, out: terminal.outs.join('\n'), note: terminal.notes.join('\n') };
};

/** What was changed by anybody, also in Forseti's own tables. */
export const changes = ({ cloud }: TestStack): string[] =>
  cloud.calls.mutating
    .filter(({ action, error }) => action !== 'Invoke' && error === undefined)
    .map(({ service, action }) => `${service}:${action}`);
