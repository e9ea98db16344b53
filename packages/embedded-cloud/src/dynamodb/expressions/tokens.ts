import { invalid } from '../values';

export interface Token {
  readonly kind: 'word' | 'name' | 'value' | 'number' | 'symbol' | 'end';
  readonly text: string;
}

const end: Token = { kind: 'end', text: '<EOF>' };
const pattern =
  /(?<space>\s+)|(?<name>#\w+)|(?<value>:\w+)|(?<number>\d+)|(?<word>[A-Za-z_]\w*)|(?<symbol><>|<=|>=|[=<>()[\].,+-])/y;

const split = (expression: string, sort: string): Token[] => {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < expression.length) {
    const from = pattern.lastIndex;
    const found = pattern.exec(expression);
    if (!found?.groups)
      throw invalid(
        `Invalid ${sort}: Syntax error; token: "${expression.charAt(from)}", ` +
          `near: "${expression.slice(Math.max(0, from - 1), from + 2)}"`,
      );
    const [kind] = Object.entries(found.groups).find(([, text]) => text !== undefined) ?? ['space'];
    if (kind !== 'space') tokens.push({ kind: kind as Token['kind'], text: found[0] });
  }
  return tokens;
};

/** AWS: an expression is at most 4 KB. */
const maxBytes = 4096;

/** Cache of tokens, limited in size: programs send the same few expressions again and again. */
const kept = new Map<string, readonly Token[]>();
const maxKept = 1000;

const tokensOf = (expression: string, sort: string): readonly Token[] => {
  const known = kept.get(expression);
  if (known) return known;
  const tokens = split(expression, sort);
  if (kept.size >= maxKept) kept.clear();
  kept.set(expression, tokens);
  return tokens;
};

/** An expression's tokens, read one after another. Errors are worded as by AWS. */
export class Tokens {
  private readonly tokens: readonly Token[];
  private position = 0;

  /** @param sort the parameter that holds the expression: `ConditionExpression`, `UpdateExpression`, … */
  constructor(
    expression: string,
    readonly sort: string,
  ) {
    if (expression.trim() === '') throw this.refuse('The expression can not be empty;');
    if (Buffer.byteLength(expression) > maxBytes)
      throw this.refuse(
        `Expression size has exceeded the maximum allowed size; expression size: ${String(expression.length)}`,
      );
    this.tokens = tokensOf(expression, sort);
  }

  peek(ahead = 0): Token {
    return this.tokens[this.position + ahead] ?? end;
  }

  next(): Token {
    const token = this.peek();
    this.position += 1;
    return token;
  }

  /** Consumes the next token if it is that symbol. @returns whether it was */
  skip(symbol: string): boolean {
    const is = this.peek().kind === 'symbol' && this.peek().text === symbol;
    if (is) this.position += 1;
    return is;
  }

  expect(symbol: string): void {
    if (!this.skip(symbol)) throw this.syntaxError();
  }

  /** Keywords are not case-sensitive. */
  isKeyword(keyword: string): boolean {
    return this.peek().kind === 'word' && this.peek().text.toUpperCase() === keyword;
  }

  skipKeyword(keyword: string): boolean {
    const is = this.isKeyword(keyword);
    if (is) this.position += 1;
    return is;
  }

  expectEnd(): void {
    if (this.peek().kind !== 'end') throw this.syntaxError();
  }

  refuse(message: string): Error {
    return invalid(`Invalid ${this.sort}: ${message}`);
  }

  syntaxError(): Error {
    const around = [this.tokens[this.position - 1], this.peek(), this.tokens[this.position + 1]];
    const near = around.flatMap((token) => (token && token.kind !== 'end' ? [token.text] : [])).join(' ');
    return this.refuse(`Syntax error; token: "${this.peek().text}", near: "${near}"`);
  }
}
