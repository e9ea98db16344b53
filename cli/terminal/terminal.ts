/** Where a command writes; a test hands in its own. */
export interface Terminal {
  /** Results: what a pipe is for. */
  out(text: string): void;
  /** Everything about them: progress, problems. */
  note(text: string): void;
  /** Whether progress may be drawn in place. */
  readonly live: boolean;
  readonly colours: boolean;
  readonly columns: number;
  /** What somebody answers to a question; absent where nobody sits before it. */
  readonly ask?: (question: string) => Promise<string>;
}

export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Without a terminal, no colours and no cursor tricks; https://no-color.org is respected. A pseudo-terminal may say
 * that it is 0 columns wide, which means that it does not know.
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
    live: stdout.isTTY === true && !dumb && !variables.CI,
    colours: stdout.isTTY === true && !dumb && !variables.NO_COLOR,
    columns: stdout.columns && stdout.columns > 20 ? stdout.columns : 100,
    ...(ask && { ask }),
  };
};
