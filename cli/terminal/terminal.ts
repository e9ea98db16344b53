/** Where a command writes and asks. A test hands in its own. */
export interface Terminal {
  /** Writes a result, to stdout. */
  out(text: string): void;
  /** Writes what is about results, progress and problems, to stderr. */
  note(text: string): void;
  /** Writes to stdout without a line break; for live views, which redraw lines. */
  write(text: string): void;
  /** Whether lines can be redrawn in place. */
  readonly live: boolean;
  readonly colours: boolean;
  readonly columns: number;
  /** Asks a question; absent where nobody can answer. */
  readonly ask?: (question: string) => Promise<string>;
}

export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Without a terminal there are no colours and no redrawing; NO_COLOR is respected (https://no-color.org). A pseudo-terminal
 * of 0 columns does not know its width.
 */
export const terminalOf = (
  stdout: Stream,
  stderr: Stream,
  variables: Readonly<Record<string, string | undefined>>,
  ask?: (question: string) => Promise<string>,
): Terminal => {
  const dumb = variables.TERM === 'dumb';
  return {
    out: (text) => stdout.write(`${text}\n`),
    note: (text) => stderr.write(`${text}\n`),
    write: (text) => stdout.write(text),
    live: stdout.isTTY === true && !dumb && !variables.CI,
    colours: stdout.isTTY === true && !dumb && !variables.NO_COLOR,
    columns: stdout.columns && stdout.columns > 20 ? stdout.columns : 100,
    ...(ask && { ask }),
  };
};
