/**
 * The language of a composite alarm's `AlarmRule` (API reference, PutCompositeAlarm): functions of the states of other
 * alarms, combined by AND, OR and NOT. Plain functions, no state.
 */
import { AwsError } from '../../core/errors';
import type { StateValue } from '../state';

export type Rule =
  | { readonly kind: 'constant'; readonly value: boolean }
  /** `alarm` as the rule has it: a name or an ARN. */
  | { readonly kind: 'state'; readonly state: StateValue; readonly alarm: string }
  | { readonly kind: 'not'; readonly rule: Rule }
  | { readonly kind: 'and' | 'or'; readonly rules: readonly Rule[] };

interface Token {
  readonly text: string;
  readonly at: number;
  /** In quotes it is a name, whatever it says. */
  readonly quoted: boolean;
}

/** API reference: at most 100 children, and 500 elements (children, TRUE, FALSE, parentheses). */
const most = { children: 100, elements: 500, length: 10_240 };

const refuse = (message: string) => new AwsError('ValidationError', message);

const tokensOf = (text: string): Token[] =>
  [...text.matchAll(/"([^"]*)"|[()]|[^\s()"]+/g)].map((match) => ({
    text: match[1] ?? match[0],
    at: match.index,
    quoted: match[1] !== undefined,
  }));

const states: Readonly<Record<string, StateValue>> = {
  ALARM: 'ALARM',
  OK: 'OK',
  INSUFFICIENT_DATA: 'INSUFFICIENT_DATA',
};

/** Reads tokens from the left. NOT binds closest, then AND, then OR. */
class Reader {
  private next = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly length: number,
  ) {}

  whole(): Rule {
    const rule = this.either();
    const rest = this.tokens[this.next];
    if (rest) throw this.unsupported(rest);
    return rule;
  }

  private either(): Rule {
    const rules = [this.all()];
    while (this.takes('OR')) rules.push(this.all());
    return rules.length === 1 && rules[0] ? rules[0] : { kind: 'or', rules };
  }

  private all(): Rule {
    const rules = [this.one()];
    while (this.takes('AND')) rules.push(this.one());
    return rules.length === 1 && rules[0] ? rules[0] : { kind: 'and', rules };
  }

  private one(): Rule {
    if (this.takes('NOT')) return { kind: 'not', rule: this.one() };
    if (this.takes('(')) {
      const inner = this.either();
      this.expect(')');
      return inner;
    }
    if (this.takes('TRUE')) return { kind: 'constant', value: true };
    if (this.takes('FALSE')) return { kind: 'constant', value: false };
    return this.state();
  }

  private state(): Rule {
    const token = this.tokens[this.next];
    const state = token && !token.quoted ? states[token.text.toUpperCase()] : undefined;
    if (!state) throw this.unsupported(token);
    this.next += 1;
    this.expect('(');
    const named = this.tokens[this.next];
    if (!named || (!named.quoted && (named.text === '(' || named.text === ')')))
      throw this.unsupported(named);
    this.next += 1;
    this.expect(')');
    return { kind: 'state', state, alarm: named.text };
  }

  /** Keywords in either case: the API reference writes `false` as well as `FALSE`. */
  private takes(word: string): boolean {
    const token = this.tokens[this.next];
    if (!token || token.quoted || token.text.toUpperCase() !== word) return false;
    this.next += 1;
    return true;
  }

  private expect(word: string): void {
    if (!this.takes(word)) throw this.unsupported(this.tokens[this.next], word);
  }

  private unsupported(token: Token | undefined, wanted?: string): AwsError {
    const at = String(token?.at ?? this.length);
    const must = wanted === undefined ? '' : `, must be: '${wanted}'`;
    return refuse(`Error in AlarmRule [Unsupported token '${token?.text ?? ''}' at char ${at}${must}]`);
  }
}

/** Names or ARNs of the alarms that a rule looks at, each once. */
export const alarmsIn = (rule: Rule): readonly string[] => {
  switch (rule.kind) {
    case 'constant':
      return [];
    case 'state':
      return [rule.alarm];
    case 'not':
      return alarmsIn(rule.rule);
    default:
      return [...new Set(rule.rules.flatMap(alarmsIn))];
  }
};

/** @throws AwsError ValidationError, in CloudWatch's words where they are known. */
export const parseRule = (text: string): Rule => {
  if (text === '' || text !== text.trim())
    throw refuse('AlarmRule must not contain leading or trailing whitespace or be null');
  if (text.length > most.length)
    throw refuse(`AlarmRule must not have length greater than ${String(most.length)}`);
  const tokens = tokensOf(text);
  const elements = tokens.filter(({ text: word }) => !['AND', 'OR', 'NOT'].includes(word.toUpperCase()));
  if (elements.length > most.elements)
    throw refuse(`AlarmRule must not have more than ${String(most.elements)} elements`);
  const rule = new Reader(tokens, text.length).whole();
  if (alarmsIn(rule).length > most.children)
    throw refuse(`AlarmRule must not have more than ${String(most.children)} child alarms`);
  return rule;
};

/** Whether the rule holds; `stateOf` tells an alarm's state, undefined where it does not exist. */
export const holds = (rule: Rule, stateOf: (alarm: string) => StateValue | undefined): boolean => {
  switch (rule.kind) {
    case 'constant':
      return rule.value;
    case 'state':
      return stateOf(rule.alarm) === rule.state;
    case 'not':
      return !holds(rule.rule, stateOf);
    case 'and':
      return rule.rules.every((one) => holds(one, stateOf));
    case 'or':
      return rule.rules.some((one) => holds(one, stateOf));
  }
};
