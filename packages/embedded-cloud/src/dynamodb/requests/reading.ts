import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Path } from '../expressions/ast';
import { holds } from '../expressions/evaluate';
import { parseCondition } from '../expressions/parseCondition';
import { parseProjection } from '../expressions/parsePath';
import { project } from '../expressions/paths';
import type { Placeholders } from '../expressions/placeholders';
import { checkKey, keyOf, namesOf } from '../keys';
import type { Index, Table } from '../state';
import { invalid, type Item, readItem, writeItem } from '../values';

/** The input that Query and Scan share. */
export interface ReadInput {
  readonly IndexName?: string | undefined;
  readonly FilterExpression?: string | undefined;
  readonly ProjectionExpression?: string | undefined;
  readonly ConsistentRead?: boolean | undefined;
  readonly Limit?: number | undefined;
  readonly Select?: string | undefined;
  readonly ExclusiveStartKey?: Record<string, AttributeValue> | undefined;
}

/** @throws ValidationException for an unknown index, or a consistent read of a global one */
export const findIndex = (
  table: Table,
  { IndexName, ConsistentRead, Limit }: ReadInput,
): Index | undefined => {
  if (Limit !== undefined && Limit < 1)
    throw invalid(
      `1 validation error detected: Value '${String(Limit)}' at 'limit' failed to satisfy constraint: ` +
        'Member must have value greater than or equal to 1',
    );
  if (IndexName === undefined) return undefined;
  const index = table.indexes.find(({ name }) => name === IndexName);
  if (!index) throw invalid(`The table does not have the specified index: ${IndexName}`);
  if (index.kind === 'global' && ConsistentRead)
    throw invalid('Consistent reads are not supported on global secondary indexes');
  return index;
};

/** An item with the attributes that an index projects. */
export const throughIndex = (table: Table, index: Index | undefined, item: Item): Item => {
  if (!index || index.projection === 'ALL') return item;
  const keys = [...namesOf(table.keys), ...namesOf(index.keys)];
  const names = index.projection === 'KEYS_ONLY' ? keys : [...keys, ...index.projection];
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
};

/** The key after which a page starts: the table's key, and the index's key too. @throws ValidationException */
export const startKey = (table: Table, index: Index | undefined, input: ReadInput): Item | undefined => {
  if (!input.ExclusiveStartKey) return undefined;
  const key = readItem(input.ExclusiveStartKey);
  const names = new Set([...namesOf(table.keys), ...(index ? namesOf(index.keys) : [])]);
  if (Object.keys(key).length !== names.size || ![...names].every((name) => key[name]))
    throw invalid('The provided starting key is invalid');
  try {
    checkKey(table, keyOf(table.keys, key));
  } catch {
    throw invalid('The provided starting key is invalid');
  }
  return key;
};

/** The LastEvaluatedKey for an item. */
export const pageKey = (table: Table, index: Index | undefined, item: Item): Item => ({
  ...keyOf(table.keys, item),
  ...(index && keyOf(index.keys, item)),
});

/** Parses filter and projection. Together with the request's other expressions they must use every placeholder. */
export const makeView = (input: ReadInput, placeholders: Placeholders) => {
  const filter =
    input.FilterExpression === undefined
      ? undefined
      : parseCondition(input.FilterExpression, 'FilterExpression', placeholders);
  const paths: readonly Path[] | undefined =
    input.ProjectionExpression === undefined
      ? undefined
      : parseProjection(input.ProjectionExpression, placeholders);
  placeholders.checkAllUsed();
  return {
    filter,
    answer: (items: readonly Item[], scanned: number, last: Item | undefined) => {
      const found = filter ? items.filter((item) => holds(filter, item, placeholders)) : items;
      return {
        ...(input.Select !== 'COUNT' && {
          Items: found.map((item) => writeItem(paths ? project(item, paths) : item)),
        }),
        Count: found.length,
        ScannedCount: scanned,
        ...(last && { LastEvaluatedKey: writeItem(last) }),
      };
    },
  };
};
