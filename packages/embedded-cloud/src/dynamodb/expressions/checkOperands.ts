import { compareValues } from '../keys';
import { typeOf, type Value, type ValueType, valueTypes } from '../values';
import type { Condition, ConditionFunction, Operand, Path } from './ast';
import type { Placeholders } from './placeholders';
import type { Tokens } from './tokens';

export const functionArity: Readonly<Record<ConditionFunction, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
};

const ordered: readonly ValueType[] = ['S', 'N', 'B'];

const isSame = (one: Path, other: Path): boolean =>
  one.length === other.length && one.every((part, index) => part === other[index]);

/** Refuses operands whose type can never fit. AWS does so at once, whatever the item. */
export const checkOperands = (condition: Condition, tokens: Tokens, placeholders: Placeholders): void => {
  const valueOf = (operand: Operand | undefined): Value | undefined =>
    operand?.kind === 'value' ? placeholders.value(operand.placeholder) : undefined;
  const mustBe = (operand: Operand | undefined, types: readonly ValueType[], operator: string) => {
    const value = valueOf(operand);
    if (value && !types.includes(typeOf(value)))
      throw tokens.refuse(
        'Incorrect operand type for operator or function; ' +
          `operator or function: ${operator}, operand type: ${typeOf(value)}`,
      );
  };
  if (condition.kind === 'call') checkCall(condition, tokens, valueOf, mustBe);
  if (condition.kind === 'between') {
    for (const operand of [condition.value, condition.lower, condition.upper])
      mustBe(operand, ordered, 'BETWEEN');
    checkBounds(valueOf(condition.lower), valueOf(condition.upper), tokens);
  }
  if (condition.kind === 'compare') {
    const { comparator, left, right } = condition;
    if (comparator !== '=' && comparator !== '<>')
      for (const operand of [left, right]) mustBe(operand, ordered, comparator);
    if (left.kind === 'path' && right.kind === 'path' && isSame(left.path, right.path))
      throw tokens.refuse(
        'The first operand must be distinct from the remaining operands for this operator or function; ' +
          `operator: ${comparator}, first operand: [${left.path.join(', ')}]`,
      );
  }
};

const checkCall = (
  { name, operands }: Extract<Condition, { kind: 'call' }>,
  tokens: Tokens,
  valueOf: (operand: Operand | undefined) => Value | undefined,
  mustBe: (operand: Operand | undefined, types: readonly ValueType[], operator: string) => void,
) => {
  if (operands.length !== functionArity[name])
    throw tokens.refuse(
      `Incorrect number of operands for operator or function; operator or function: ${name}, ` +
        `number of operands: ${String(operands.length)}`,
    );
  const [first, second] = operands;
  if (functionArity[name] === 1 || name === 'attribute_type') {
    if (first?.kind !== 'path')
      throw tokens.refuse(`Operator or function requires a document path; operator or function: ${name}`);
  }
  if (name === 'begins_with') for (const operand of operands) mustBe(operand, ['S', 'B'], name);
  if (name !== 'attribute_type') return;
  mustBe(second, ['S'], name);
  const wanted = valueOf(second);
  if (wanted && 'S' in wanted && !valueTypes.includes(wanted.S as ValueType))
    throw tokens.refuse(
      `Invalid attribute type name found; type: ${wanted.S}, valid types: {${valueTypes.join(',')}}`,
    );
};

const checkBounds = (lower: Value | undefined, upper: Value | undefined, tokens: Tokens) => {
  if (!lower || !upper) return;
  if (typeOf(lower) !== typeOf(upper))
    throw tokens.refuse(
      'The BETWEEN operator requires same data type for lower and upper bounds; ' +
        `lower bound operand: AttributeValue: ${JSON.stringify(lower)}, upper bound operand: AttributeValue: ${JSON.stringify(upper)}`,
    );
  if (compareValues(lower, upper) > 0)
    throw tokens.refuse(
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ' +
        `lower bound operand: AttributeValue: ${JSON.stringify(lower)}, upper bound operand: AttributeValue: ${JSON.stringify(upper)}`,
    );
};
