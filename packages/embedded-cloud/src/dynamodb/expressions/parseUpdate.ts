import type { Assigned, Path, UpdateClause } from './ast';
import { checkOverlap, parsePath } from './parsePath';
import type { Placeholders } from './placeholders';
import { Tokens } from './tokens';
import { typeOf, type ValueType } from '../values';

const sections = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;
type Section = (typeof sections)[number];

/** Types that ADD and DELETE take. */
const operandTypes: Readonly<Record<'ADD' | 'DELETE', readonly ValueType[]>> = {
  ADD: ['N', 'SS', 'NS', 'BS'],
  DELETE: ['SS', 'NS', 'BS'],
};

/**
 * Recursive descent over
 *   update := ( SET set ( ',' set )* | REMOVE path ( ',' path )* | ADD pair ( ',' pair )* | DELETE pair ( ',' pair )* )+
 *   set := path '=' operand ( ( '+' | '-' ) operand )?; pair := path value
 *   operand := path | value | if_not_exists '(' path ',' operand ')' | list_append '(' operand ',' operand ')' | '(' sum ')'
 */
class Parser {
  constructor(
    private readonly tokens: Tokens,
    private readonly placeholders: Placeholders,
  ) {}

  clauses(): UpdateClause[] {
    const clauses: UpdateClause[] = [];
    const seen = new Set<Section>();
    while (this.tokens.peek().kind !== 'end') {
      const section = sections.find((keyword) => this.tokens.isKeyword(keyword));
      if (!section) throw this.tokens.syntaxError();
      if (seen.has(section))
        throw this.tokens.refuse(`The "${section}" section can only be used once in an update expression;`);
      seen.add(section);
      this.tokens.next();
      do clauses.push(this.clause(section));
      while (this.tokens.skip(','));
    }
    return clauses;
  }

  private clause(section: Section): UpdateClause {
    const path = this.path();
    if (section === 'REMOVE') return { kind: 'REMOVE', path };
    if (section === 'SET') {
      this.tokens.expect('=');
      return { kind: 'SET', path, value: this.sum() };
    }
    const placeholder = this.placeholder();
    const type = typeOf(this.placeholders.value(placeholder));
    if (!operandTypes[section].includes(type))
      throw this.tokens.refuse(
        `Incorrect operand type for operator or function; operator: ${section}, operand type: ${type}, ` +
          `typeSet: ALLOWED_FOR_${section}_OPERAND`,
      );
    return { kind: section, path, placeholder };
  }

  private sum(): Assigned {
    const left = this.operand();
    const operator = (['+', '-'] as const).find((symbol) => this.tokens.skip(symbol));
    if (!operator) return left;
    const right = this.operand();
    for (const side of [left, right]) this.mustBe(side, 'N', operator);
    return { kind: operator, left, right };
  }

  private operand(): Assigned {
    const token = this.tokens.peek();
    if (this.tokens.skip('(')) {
      const inner = this.sum();
      this.tokens.expect(')');
      return inner;
    }
    if (token.kind === 'value') return { kind: 'value', placeholder: this.placeholder() };
    if (token.kind === 'word' && this.tokens.peek(1).text === '(') return this.call(token.text);
    return { kind: 'path', path: this.path() };
  }

  private call(name: string): Assigned {
    if (name !== 'if_not_exists' && name !== 'list_append')
      throw this.tokens.refuse(
        [
          'size',
          'contains',
          'begins_with',
          'attribute_exists',
          'attribute_not_exists',
          'attribute_type',
        ].includes(name)
          ? `The function is not allowed in an update expression; function: ${name}`
          : `Invalid function name; function: ${name}`,
      );
    this.tokens.next();
    this.tokens.expect('(');
    const left = name === 'if_not_exists' ? this.path() : this.operand();
    this.tokens.expect(',');
    const right = this.operand();
    this.tokens.expect(')');
    if ('kind' in left) {
      for (const side of [left, right]) this.mustBe(side, 'L', 'list_append');
      return { kind: 'list_append', left, right };
    }
    return { kind: 'if_not_exists', path: left, otherwise: right };
  }

  private mustBe(operand: Assigned, wanted: ValueType, operator: string) {
    if (operand.kind !== 'value') return;
    const type = typeOf(this.placeholders.value(operand.placeholder));
    if (type !== wanted)
      throw this.tokens.refuse(
        `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
      );
  }

  private placeholder(): string {
    if (this.tokens.peek().kind !== 'value') throw this.tokens.syntaxError();
    const { text } = this.tokens.next();
    this.placeholders.use(text, this.tokens.sort);
    return text;
  }

  private path(): Path {
    return parsePath(this.tokens, this.placeholders);
  }
}

/** @throws ValidationException */
export const parseUpdate = (expression: string, placeholders: Placeholders): readonly UpdateClause[] => {
  const tokens = new Tokens(expression, 'UpdateExpression');
  const clauses = new Parser(tokens, placeholders).clauses();
  checkOverlap(
    tokens,
    clauses.map(({ path }) => path),
  );
  return clauses;
};
