import type { Terminal } from '../terminal/terminal';
import type { Home } from './home';
import type { Session, SessionOptions } from './session';

/** What each command gets: where to write, how to open a session, and where to leave its exit code. */
export interface Context extends Home {
  readonly terminal: Terminal;
  /** Opens an AWS session or one on the embedded cloud; a test hands in its own. */
  readonly open: (options: SessionOptions) => Promise<Session>;
  /** What the process exits with; `done` unless the command sets another. */
  exitCode: number;
}
