import type { QueryCommandInput, QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Action, Region } from '../../core/service';
import type { Answer } from '../answer';
import { holds } from '../expressions/evaluate';
import { parseCondition } from '../expressions/parseCondition';
import { Placeholders } from '../expressions/placeholders';
import { compareValues, keyText } from '../keys';
import { checkFilter } from '../requests/keyFilter';
import { partitionOf } from '../requests/keyCondition';
import { cutPage } from '../pages';
import { findIndex, makeView, pageKey, startKey, throughIndex } from '../requests/reading';
import type { Index, Table } from '../state';
import { findTable, itemsSeen, onTable } from '../tables';
import { invalid, type Item } from '../values';

/** Orders by the sort key. If an index holds several items with the same key, they are ordered by the table's key. */
const inOrder = (table: Table, index: Index | undefined, forward: boolean) => {
  const names = [(index?.keys ?? table.keys).sort, table.keys.partition, table.keys.sort];
  return (one: Item, other: Item): number => {
    for (const name of names) {
      const [a, b] = name === undefined ? [] : [one[name], other[name]];
      const order = a && b ? compareValues(a, b) : 0;
      if (order !== 0) return forward ? order : -order;
    }
    return 0;
  };
};

const parse = (input: QueryCommandInput, region: Region) => {
  const placeholders = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues, [
    input.KeyConditionExpression,
    input.FilterExpression,
    input.ProjectionExpression,
  ]);
  const table = findTable(region, input.TableName);
  const index = findIndex(table, input);
  if (input.KeyConditionExpression === undefined)
    throw invalid(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
  const condition = parseCondition(input.KeyConditionExpression, 'KeyConditionExpression', placeholders);
  const partition = partitionOf(table, index?.keys ?? table.keys, condition, placeholders);
  const view = makeView(input, placeholders);
  checkFilter(view.filter, index?.keys ?? table.keys);
  return { placeholders, table, index, condition, partition, view };
};

const leadingKeys = (input: QueryCommandInput, region: Region): string[] => {
  try {
    return [parse(input, region).partition.slice(2)];
  } catch {
    // The permission check ignores a malformed query: it is refused when it runs.
    return [];
  }
};

export const query: Action<QueryCommandInput, Answer<QueryCommandOutput>> = {
  requires: (input, region) => [
    onTable(region, 'Query', input.TableName, {
      index: input.IndexName,
      leadingKeys: leadingKeys(input, region),
    }),
  ],
  run: (input, region) => {
    const { placeholders, table, index, condition, partition, view } = parse(input, region);
    const keys = index?.keys ?? table.keys;
    const order = inOrder(table, index, input.ScanIndexForward ?? true);
    const from = startKey(table, index, input);
    const rows = itemsSeen(region, table, input.ConsistentRead ?? false, index ? undefined : partition)
      .filter((item) => keyText(item[keys.partition]) === partition)
      .filter((item) => keys.sort === undefined || item[keys.sort] !== undefined)
      .filter((item) => holds(condition, item, placeholders))
      .sort(order)
      .filter((item) => !from || order(item, from) > 0)
      .map((item) => throughIndex(table, index, item));
    const page = cutPage(rows, input.Limit);
    const last = page.last && pageKey(table, index, page.last);
    return view.answer(page.items, page.items.length, last) satisfies Answer<QueryCommandOutput>;
  },
};
