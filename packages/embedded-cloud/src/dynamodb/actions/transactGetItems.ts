import type {
  TransactGetItem,
  TransactGetItemsCommandInput,
  TransactGetItemsCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Action, Region } from '../../core/service';
import type { Answer } from '../answer';
import { type Place, placeOf } from '../keys';
import type { Table } from '../state';
import { findTable, leadingKey, onTable } from '../tables';
import { invalid, readItem, writeItem } from '../values';
import { readOne } from './getItem';

/** AWS: 1 to 100 items, each only once, none of them in a strong global table. @throws ValidationException */
export const checkTransaction = (
  items: readonly { readonly table: Table; readonly place: Place }[],
): void => {
  if (items.length === 0 || items.length > 100)
    throw invalid(
      "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: " +
        `Member must have length ${items.length === 0 ? 'greater than or equal to 1' : 'less than or equal to 100'}`,
    );
  if (items.some(({ table }) => table.global?.consistency === 'STRONG'))
    throw invalid('Transactions are not supported on global tables with multi-Region strong consistency.');
  const places = items.map(({ table, place }) => JSON.stringify([table.name, place]));
  if (new Set(places).size < places.length)
    throw invalid('Transaction request cannot include multiple operations on one item');
};

const placeIn = (region: Region, { Get: get }: TransactGetItem) => {
  const table = findTable(region, get?.TableName);
  return { table, place: placeOf(table.keys, readItem(get?.Key ?? {})) };
};

export const transactGetItems: Action<TransactGetItemsCommandInput, Answer<TransactGetItemsCommandOutput>> = {
  requires: (input, region) =>
    (input.TransactItems ?? []).map(({ Get: get }) =>
      onTable(region, 'GetItem', get?.TableName, {
        leadingKeys: [leadingKey(region, get?.TableName, get?.Key)],
      }),
    ),
  run: (input, region) => {
    const wanted = input.TransactItems ?? [];
    checkTransaction(wanted.map((item) => placeIn(region, item)));
    return {
      Responses: wanted.map(({ Get: get }) => {
        const item = get && readOne(region, { ...get, ConsistentRead: true });
        return item ? { Item: writeItem(item) } : {};
      }),
    } satisfies Answer<TransactGetItemsCommandOutput>;
  },
};
