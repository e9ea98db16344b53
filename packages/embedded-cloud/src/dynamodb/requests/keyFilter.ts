import type { Condition, Operand } from '../expressions/ast';
import { invalid } from '../values';

const named = (operand: Operand): string[] =>
  operand.kind === 'path' ? [String(operand.path[0])] : operand.kind === 'size' ? named(operand.of) : [];

const attributesOf = (condition: Condition): string[] => {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return [...attributesOf(condition.left), ...attributesOf(condition.right)];
    case 'not':
      return attributesOf(condition.of);
    case 'compare':
      return [condition.left, condition.right].flatMap(named);
    case 'between':
      return [condition.value, condition.lower, condition.upper].flatMap(named);
    case 'in':
      return [condition.value, ...condition.list].flatMap(named);
    case 'call':
      return condition.operands.flatMap(named);
  }
};

/**
 * "You cannot define a filter expression based on a partition key or a sort key." (API reference, Query; a Scan may.)
 * @param keys of the table, or of the index that is asked.
 * @throws ValidationException
 */
export const checkFilter = (
  filter: Condition | undefined,
  keys: { readonly partition: string; readonly sort?: string | undefined },
): void => {
  const key = filter && attributesOf(filter).find((name) => name === keys.partition || name === keys.sort);
  if (key !== undefined)
    throw invalid(
      `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${key}`,
    );
};
