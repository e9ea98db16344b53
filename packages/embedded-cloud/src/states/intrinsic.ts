/** Intrinsic functions of payload templates: `States.Format('{}-{}', $.a, $$.Execution.Name)`. */

type Expression =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'call'; readonly name: string; readonly inputs: readonly Expression[] };

const token =
  /\s*(?:'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?)|(true|false|null)\b|(\$[^\s,()]*)|(States\.\w+)\s*\(|([,)]))/y;

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): Expression {
    const expression = this.expression();
    if (this.text.slice(this.at).trim() !== '') throw this.problem();
    return expression;
  }

  private problem(): Error {
    return new Error(`The intrinsic function ${this.text} cannot be read`);
  }

  private next(): RegExpExecArray {
    token.lastIndex = this.at;
    const match = token.exec(this.text);
    if (!match) throw this.problem();
    this.at += match[0].length;
    return match;
  }

  private expression(): Expression {
    const [, quoted, number, word, path, name] = this.next();
    if (quoted !== undefined) return { kind: 'literal', value: unescape(quoted) };
    if (number !== undefined) return { kind: 'literal', value: Number(number) };
    if (word !== undefined) return { kind: 'literal', value: JSON.parse(word) as unknown };
    if (path !== undefined) return { kind: 'path', path };
    if (name === undefined) throw this.problem();
    return { kind: 'call', name, inputs: this.inputs() };
  }

  private inputs(): Expression[] {
    const start = this.at;
    if (this.next()[6] === ')') return [];
    this.at = start;
    const inputs: Expression[] = [];
    for (;;) {
      inputs.push(this.expression());
      const separator = this.next()[6];
      if (separator === ')') return inputs;
      if (separator !== ',') throw this.problem();
    }
  }
}

/** Resolves `\'`, `\{`, `\}` and `\\`. Braces keep their backslash for States.Format. */
const unescape = (text: string): string => text.replace(/\\(['\\])/g, '$1');

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const format = ([template, ...values]: readonly unknown[]): string => {
  let used = 0;
  const filled = String(template).replace(/\\([{}])|\{\}/g, (_whole, brace: string | undefined) =>
    brace === undefined ? asText(values[used++]) : brace,
  );
  if (used !== values.length) throw new Error('States.Format needs one value for each {}');
  return filled;
};

const functions: Readonly<Record<string, (inputs: readonly unknown[]) => unknown>> = {
  'States.Array': (inputs) => [...inputs],
  'States.Format': format,
  'States.JsonToString': ([value]) => JSON.stringify(value),
  'States.StringToJson': ([text]) => JSON.parse(String(text)) as unknown,
};

const evaluate = (expression: Expression, read: (path: string) => unknown): unknown => {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind === 'path') return read(expression.path);
  const known = functions[expression.name];
  if (!known) throw new Error(`${expression.name} is not modelled`);
  return known(expression.inputs.map((input) => evaluate(input, read)));
};

/** The paths that an intrinsic function reads. @throws Error if it cannot be parsed or is not modelled */
export const checkIntrinsic = (text: string): readonly string[] => {
  const paths: string[] = [];
  const visit = (expression: Expression): void => {
    if (expression.kind === 'path') paths.push(expression.path);
    if (expression.kind !== 'call') return;
    if (!functions[expression.name]) throw new Error(`${expression.name} is not modelled`);
    expression.inputs.forEach(visit);
  };
  visit(new Parser(text).whole());
  return paths;
};

/** @throws Error if it cannot be evaluated (States.IntrinsicFailure) */
export const evaluateIntrinsic = (text: string, read: (path: string) => unknown): unknown =>
  evaluate(new Parser(text).whole(), read);
