import { cutLine } from './style';
import type { Terminal } from './terminal';

/** A block of lines at the end of a terminal that is redrawn in place. */
export interface Live {
  draw(lines: readonly string[]): void;
  /** Leaves the last drawing where it is and shows the cursor again. */
  end(): void;
}

export const liveOn = (terminal: Pick<Terminal, 'write' | 'columns'>): Live => {
  let drawn = 0;
  return {
    draw: (lines) => {
      const up = drawn > 0 ? `\u001B[${String(drawn)}A` : '\u001B[?25l';
      const body = lines.map((line) => `\u001B[2K${cutLine(line, terminal.columns)}\n`).join('');
      terminal.write(`${up}\r${body}\u001B[J`);
      drawn = lines.length;
    },
    end: () => {
      if (drawn > 0) terminal.write('\u001B[?25h');
      drawn = 0;
    },
  };
};
