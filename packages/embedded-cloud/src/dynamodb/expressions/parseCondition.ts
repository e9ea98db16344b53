import type { Comparator, Condition, ConditionFunction, Operand } from './ast';
import { checkOperands, functionArity } from './checkOperands';
import { parsePath } from './parsePath';
import type { Placeholders } from './placeholders';
import { Tokens } from './tokens';

const comparators: readonly string[] = ['=', '<>', '<', '<=', '>', '>='] satisfies Comparator[];

/**
 * Recursive descent over
 *   or := and ( OR and )*; and := not ( AND not )*; not := NOT not | primary;
 *   primary := '(' or ')' | function '(' operands ')' | operand comparator operand
 *            | operand BETWEEN operand AND operand | operand IN '(' operands ')'
 */
class Parser {
  constructor(
    private readonly tokens: Tokens,
    private readonly placeholders: Placeholders,
  ) {}

  or(): Condition {
    let left = this.and();
    while (this.tokens.skipKeyword('OR')) left = { kind: 'or', left, right: this.and() };
    return left;
  }

  private and(): Condition {
    let left = this.not();
    while (this.tokens.skipKeyword('AND')) left = { kind: 'and', left, right: this.not() };
    return left;
  }

  private not(): Condition {
    return this.tokens.skipKeyword('NOT') ? { kind: 'not', of: this.not() } : this.primary();
  }

  private primary(): Condition {
    if (this.tokens.skip('(')) {
      const inner = this.or();
      this.tokens.expect(')');
      return inner;
    }
    const condition = this.isCall() && this.tokens.peek().text !== 'size' ? this.call() : this.comparison();
    checkOperands(condition, this.tokens, this.placeholders);
    return condition;
  }

  private comparison(): Condition {
    const value = this.operand();
    if (this.tokens.skipKeyword('BETWEEN')) {
      const lower = this.operand();
      if (!this.tokens.skipKeyword('AND')) throw this.tokens.syntaxError();
      return { kind: 'between', value, lower, upper: this.operand() };
    }
    if (this.tokens.skipKeyword('IN')) return { kind: 'in', value, list: this.operands() };
    if (!comparators.includes(this.tokens.peek().text)) throw this.tokens.syntaxError();
    const comparator = this.tokens.next().text as Comparator;
    return { kind: 'compare', comparator, left: value, right: this.operand() };
  }

  private call(): Condition {
    const name = this.tokens.peek().text;
    if (!(name in functionArity))
      throw this.tokens.refuse(
        ['if_not_exists', 'list_append'].includes(name)
          ? `The function is not allowed in a condition expression; function: ${name}`
          : `Invalid function name; function: ${name}`,
      );
    this.tokens.next();
    return { kind: 'call', name: name as ConditionFunction, operands: this.operands() };
  }

  private operands(): Operand[] {
    this.tokens.expect('(');
    const list = [this.operand()];
    while (this.tokens.skip(',')) list.push(this.operand());
    this.tokens.expect(')');
    return list;
  }

  private operand(): Operand {
    if (this.tokens.peek().kind === 'value') {
      const placeholder = this.tokens.next().text;
      this.placeholders.use(placeholder, this.tokens.sort);
      return { kind: 'value', placeholder };
    }
    if (this.isCall()) return this.size();
    return { kind: 'path', path: parsePath(this.tokens, this.placeholders) };
  }

  private size(): Operand {
    const { text } = this.tokens.peek();
    if (text !== 'size')
      throw this.tokens.refuse(
        text in functionArity
          ? `The function is not allowed to be used this way in an expression; function: ${text}`
          : `Invalid function name; function: ${text}`,
      );
    this.tokens.next();
    const [of, ...more] = this.operands();
    if (!of || more.length > 0)
      throw this.tokens.refuse(
        'Incorrect number of operands for operator or function; operator or function: size, ' +
          `number of operands: ${String(more.length + 1)}`,
      );
    return { kind: 'size', of };
  }

  private isCall() {
    return this.tokens.peek().kind === 'word' && this.tokens.peek(1).text === '(' && !this.isOperator();
  }

  /** `IN (…)` and `AND (…)` look like function calls but are operators. */
  private isOperator() {
    return ['IN', 'AND', 'OR', 'NOT', 'BETWEEN'].some((keyword) => this.tokens.isKeyword(keyword));
  }
}

/**
 * @param sort `ConditionExpression`, `FilterExpression` or `KeyConditionExpression`
 * @throws ValidationException
 */
export const parseCondition = (expression: string, sort: string, placeholders: Placeholders): Condition => {
  const tokens = new Tokens(expression, sort);
  const condition = new Parser(tokens, placeholders).or();
  tokens.expectEnd();
  return condition;
};
