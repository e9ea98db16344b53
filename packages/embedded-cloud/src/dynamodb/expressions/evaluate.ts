import { compareValues } from '../keys';
import { equal, type Item, typeOf, type Value } from '../values';
import type { Comparator, Condition, ConditionFunction, Operand } from './ast';
import { valueAt } from './paths';
import type { Placeholders } from './placeholders';

/** `size`: characters of a string, bytes of a binary, number of members of the rest; undefined for other types. */
const sizeOf = (value: Value): number | undefined => {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('B' in value) return Buffer.from(value.B, 'base64').length;
  if ('M' in value) return Object.keys(value.M).length;
  const members = 'L' in value ? value.L : 'SS' in value ? value.SS : 'NS' in value ? value.NS : undefined;
  return (members ?? ('BS' in value ? value.BS : undefined))?.length;
};

const orderable = (value: Value) => 'S' in value || 'N' in value || 'B' in value;

const compare = (comparator: Comparator, left: Value | undefined, right: Value | undefined): boolean => {
  if (left === undefined || right === undefined) return comparator === '<>' && left !== right;
  if (comparator === '=') return equal(left, right);
  if (comparator === '<>') return !equal(left, right);
  if (typeOf(left) !== typeOf(right) || !orderable(left)) return false;
  const order = compareValues(left, right);
  switch (comparator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
};

const beginsWith = (value: Value, prefix: Value): boolean =>
  'S' in value && 'S' in prefix
    ? value.S.startsWith(prefix.S)
    : 'B' in value &&
      'B' in prefix &&
      Buffer.from(value.B, 'base64')
        .subarray(0, Buffer.from(prefix.B, 'base64').length)
        .equals(Buffer.from(prefix.B, 'base64'));

const contains = (value: Value, member: Value): boolean => {
  if ('S' in value && 'S' in member) return value.S.includes(member.S);
  if ('B' in value && 'B' in member)
    return Buffer.from(value.B, 'base64').includes(Buffer.from(member.B, 'base64'));
  if ('SS' in value && 'S' in member) return value.SS.includes(member.S);
  if ('NS' in value && 'N' in member) return value.NS.includes(member.N);
  if ('BS' in value && 'B' in member) return value.BS.includes(member.B);
  return 'L' in value && value.L.some((element) => equal(element, member));
};

const call = (name: ConditionFunction, first: Value | undefined, second: Value | undefined): boolean => {
  if (name === 'attribute_exists') return first !== undefined;
  if (name === 'attribute_not_exists') return first === undefined;
  if (first === undefined || second === undefined) return false;
  if (name === 'attribute_type') return 'S' in second && typeOf(first) === second.S;
  return name === 'begins_with' ? beginsWith(first, second) : contains(first, second);
};

/** Whether the condition holds for the item; `{}` stands for no item. */
export const holds = (condition: Condition, item: Item, placeholders: Placeholders): boolean => {
  const valueOf = (operand: Operand | undefined): Value | undefined => {
    if (operand === undefined) return undefined;
    if (operand.kind === 'path') return valueAt(item, operand.path);
    if (operand.kind === 'value') return placeholders.value(operand.placeholder);
    const of = valueOf(operand.of);
    const size = of && sizeOf(of);
    return size === undefined ? undefined : { N: String(size) };
  };
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, item, placeholders) && holds(condition.right, item, placeholders);
    case 'or':
      return holds(condition.left, item, placeholders) || holds(condition.right, item, placeholders);
    case 'not':
      return !holds(condition.of, item, placeholders);
    case 'compare':
      return compare(condition.comparator, valueOf(condition.left), valueOf(condition.right));
    case 'between':
      return (
        compare('>=', valueOf(condition.value), valueOf(condition.lower)) &&
        compare('<=', valueOf(condition.value), valueOf(condition.upper))
      );
    case 'in':
      return condition.list.some((member) => compare('=', valueOf(condition.value), valueOf(member)));
    case 'call':
      return call(condition.name, valueOf(condition.operands[0]), valueOf(condition.operands[1]));
  }
};
