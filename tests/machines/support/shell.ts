/**
 * The part of a POSIX shell that repair commands need: quotes, `$(...)`, `$((... + 1))`, `&&`, `;` and `until ...; do
 * sleep N; done`. Anything else in a script is refused.
 */

export interface Shell {
  /** Runs a program. */
  readonly run: (words: readonly string[]) => Promise<{ readonly code: number; readonly output: string }>;
  readonly sleep: (seconds: number) => Promise<void>;
}

class Reader {
  constructor(
    private readonly text: string,
    private at = 0,
  ) {}

  get over(): boolean {
    return this.at >= this.text.length;
  }

  peek(expected: string): boolean {
    return this.text.startsWith(expected, this.at);
  }

  take(expected: string): boolean {
    if (!this.peek(expected)) return false;
    this.at += expected.length;
    return true;
  }

  demand(expected: string): void {
    if (!this.take(expected)) throw new Error(`Expected ${expected} at: ${this.text.slice(this.at)}`);
  }

  skipSpace(): void {
    while (this.take(' '));
  }

  until(end: string): string {
    const found = this.text.indexOf(end, this.at);
    if (found < 0) throw new Error(`No ${end} in: ${this.text.slice(this.at)}`);
    const passed = this.text.slice(this.at, found);
    this.at = found + end.length;
    return passed;
  }

  next(): string {
    const character = this.text[this.at] ?? '';
    this.at += 1;
    return character;
  }
}

/** Characters outside of quotes that a shell would interpret. */
const special = /[^A-Za-z0-9_./:=,@%+-]/;

type Words = { readonly text: string; readonly isQuoted: boolean }[];

/** Runs a script. @returns the code of its last command. */
export const runScript = async (script: string, shell: Shell): Promise<number> => {
  const reader = new Reader(script);
  for (;;) {
    const code = await runChain(reader, shell);
    reader.skipSpace();
    if (reader.over) return code;
    reader.demand(';');
  }
};

const runChain = async (reader: Reader, shell: Shell): Promise<number> => {
  let code = 0;
  do {
    reader.skipSpace();
    if (reader.peek('until ')) code = await runUntil(reader, shell);
    else code = await runSimple(reader, shell, code === 0);
    reader.skipSpace();
  } while (reader.take('&&'));
  return code;
};

const runUntil = async (reader: Reader, shell: Shell): Promise<number> => {
  reader.demand('until ');
  const condition = reader.until('; do sleep ');
  const seconds = Number(reader.until('; done'));
  for (let tries = 0; tries < 1_000; tries += 1) {
    if ((await runScript(condition, shell)) === 0) return 0;
    await shell.sleep(seconds);
  }
  throw new Error(`This never succeeds: ${condition}`);
};

/** @param isMeant false after a failure in the same chain: the command is parsed, but not run. */
const runSimple = async (reader: Reader, shell: Shell, isMeant: boolean): Promise<number> => {
  const words: string[] = [];
  for (;;) {
    reader.skipSpace();
    if (reader.over || reader.peek(';') || reader.peek('&&') || reader.peek(')')) break;
    words.push(...(await readWord(reader, shell, isMeant)));
  }
  return isMeant ? (await shell.run(words)).code : 1;
};

const readWord = async (reader: Reader, shell: Shell, isMeant: boolean): Promise<string[]> => {
  let pieces: Words = [];
  while (!reader.over && !reader.peek(' ') && !reader.peek(';') && !reader.peek('&&') && !reader.peek(')')) {
    if (reader.take("'")) pieces.push({ text: reader.until("'"), isQuoted: true });
    else if (reader.take("\\'")) pieces.push({ text: "'", isQuoted: true });
    else if (reader.take('"')) {
      pieces.push({ text: await substitute(reader, shell, isMeant), isQuoted: true });
      reader.demand('"');
    } else if (reader.peek('$')) {
      pieces.push({ text: await substitute(reader, shell, isMeant), isQuoted: false });
    } else {
      const character = reader.next();
      if (special.test(character)) throw new Error(`A shell would not take ${character} as it is.`);
      pieces.push({ text: character, isQuoted: true });
    }
  }
  // An unquoted substitution is split at its white space, and gives no word if it is empty.
  const [only] = pieces;
  if (pieces.length === 1 && only?.isQuoted === false)
    return only.text.split(/\s+/).filter((word) => word !== '');
  if (pieces.some(({ isQuoted }) => !isQuoted)) throw new Error('A substitution in a word has to be quoted.');
  pieces = pieces.filter(({ text }) => text !== '');
  return [pieces.map(({ text }) => text).join('')];
};

const substitute = async (reader: Reader, shell: Shell, isMeant: boolean): Promise<string> => {
  if (reader.take('$((')) {
    const number = Number(await substitute(reader, shell, isMeant));
    reader.demand(' + 1))');
    return String(number + 1);
  }
  reader.demand('$(');
  const words: string[] = [];
  while (!reader.take(')')) {
    words.push(...(await readWord(reader, shell, isMeant)));
    reader.skipSpace();
  }
  return isMeant ? (await shell.run(words)).output.trimEnd() : '';
};
