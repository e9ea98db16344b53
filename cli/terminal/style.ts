export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly accent: (text: string) => string;
}

const sgr = (open: number, close: number) => (text: string) =>
  `\u001B[${String(open)}m${text}\u001B[${String(close)}m`;
const plain = (text: string) => text;

export const styleOf = (colours: boolean): Style =>
  colours
    ? {
        bold: sgr(1, 22),
        dim: sgr(2, 22),
        good: sgr(32, 39),
        bad: sgr(31, 39),
        warn: sgr(33, 39),
        accent: sgr(36, 39),
      }
    : { bold: plain, dim: plain, good: plain, bad: plain, warn: plain, accent: plain };

// eslint-disable-next-line no-control-regex -- the escape character begins every colour code
const codes = /\u001B\[[0-9;]*m/g;

/** The number of columns that a text takes; colour codes take none. */
export const width = (text: string): number => [...text.replace(codes, '')].length;

export const padEnd = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - width(text)));
export const padStart = (text: string, columns: number): string =>
  ' '.repeat(Math.max(0, columns - width(text))) + text;

/** Cuts a line to a number of columns, and keeps its colour codes, so that colours end. */
export const cutLine = (line: string, columns: number): string => {
  if (width(line) <= columns) return line;
  let left = columns - 1;
  let kept = '';
  // eslint-disable-next-line no-control-regex -- colour codes or single characters
  for (const [part] of line.matchAll(/\u001B\[[0-9;]*m|./gsu)) {
    if (part.startsWith('\u001B[')) kept += part;
    else if (left > 0) {
      kept += part;
      left -= 1;
    }
  }
  return `${kept}…`;
};

/** Breaks a line at spaces into lines of at most `columns`; a longer word stays whole, so that it can be copied. */
export const wrapped = (line: string, columns: number): string[] => {
  if (width(line) <= columns) return [line];
  const lines: string[] = [];
  for (const word of line.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && width(`${last} ${word}`) <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};

/** Lays rows out as a table; columns with their index in `right` are aligned to the right. */
export const columns = (
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
  gap = '  ',
): string[] => {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, width(cell))));
  return rows.map((row) =>
    row
      .map((cell, index) =>
        right.includes(index) ? padStart(cell, widths[index] ?? 0) : padEnd(cell, widths[index] ?? 0),
      )
      .join(gap)
      .trimEnd(),
  );
};
