import type { Condition, Operand } from '../expressions/ast';
import type { Placeholders } from '../expressions/placeholders';
import { keyText } from '../keys';
import type { KeySchema, Table } from '../state';
import { invalid, typeOf } from '../values';

const flatten = (condition: Condition): Condition[] =>
  condition.kind === 'and' ? [...flatten(condition.left), ...flatten(condition.right)] : [condition];

/** Name and value of one part of a key condition: `name op :value`, also if the sides are swapped. */
const partOf = (condition: Condition): { name: string; operator: string; values: Operand[] } => {
  const nameOf = (operand: Operand | undefined) =>
    operand?.kind === 'path' && operand.path.length === 1 ? String(operand.path[0]) : undefined;
  const refuse = (operator: string) =>
    invalid(`Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: ${operator}`);
  const from = (name: Operand | undefined, operator: string, values: (Operand | undefined)[]) => {
    const found = nameOf(name);
    if (found === undefined || values.some((value) => value?.kind !== 'value'))
      throw invalid('Query condition missed key schema element');
    return { name: found, operator, values: values as Operand[] };
  };
  if (condition.kind === 'compare') {
    if (condition.comparator === '<>') throw refuse('<>');
    const mirrored = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }[condition.comparator];
    return condition.left.kind === 'value'
      ? from(condition.right, mirrored, [condition.left])
      : from(condition.left, condition.comparator, [condition.right]);
  }
  if (condition.kind === 'between')
    return from(condition.value, 'BETWEEN', [condition.lower, condition.upper]);
  if (condition.kind === 'call' && condition.name === 'begins_with')
    return from(condition.operands[0], 'begins_with', [condition.operands[1]]);
  throw refuse(condition.kind === 'call' ? condition.name : condition.kind.toUpperCase());
};

/**
 * Checks that Query accepts the KeyConditionExpression: equality on the partition key and optionally one condition on
 * the sort key.
 * @returns the partition's text
 * @throws ValidationException
 */
export const partitionOf = (
  table: Table,
  keys: KeySchema,
  condition: Condition,
  placeholders: Placeholders,
): string => {
  const parts = flatten(condition).map(partOf);
  for (const { name, values } of parts)
    for (const value of values) {
      const given = value.kind === 'value' ? placeholders.value(value.placeholder) : undefined;
      const expected = table.attributeTypes[name];
      if (given && (name === keys.partition || name === keys.sort) && typeOf(given) !== expected)
        throw invalid(
          'One or more parameter values were invalid: Condition parameter type does not match schema type',
        );
      if (given && 'S' in given && given.S === '' && name === keys.partition)
        throw invalid(
          'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain ' +
            `an empty string value. Key: ${name}`,
        );
    }
  const byPartition = parts.filter(({ name }) => name === keys.partition);
  const [first] = byPartition;
  if (!first || parts.some(({ name }) => name !== keys.partition && name !== keys.sort))
    throw invalid(
      first && parts.length <= 2 && keys.sort !== undefined
        ? `Query condition missed key schema element: ${keys.sort}`
        : `Query condition missed key schema element: ${keys.partition}`,
    );
  if (byPartition.length > 1 || parts.length > 2)
    throw invalid(
      'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key',
    );
  if (first.operator !== '=') throw invalid('Query key condition not supported');
  const [value] = first.values;
  return value?.kind === 'value' ? keyText(placeholders.value(value.placeholder)) : '';
};
