import type { Table } from '../aws/table';

/** Writes an item of the requests table where there is none of its key. @returns what stands there then. */
export const noteOnce = async <Item extends { readonly key: string }>(
  table: Table<Item>,
  item: Item,
): Promise<Item> => {
  const written = await table.put(item, {
    expression: 'attribute_not_exists(#key)',
    names: { '#key': 'key' },
  });
  return written.done ? item : (written.found ?? item);
};

/** For items that nobody looks for any more after so long: seconds of the epoch, as DynamoDB's TTL has it. */
export const expiresAt = (now: number, days: number): number => Math.ceil(now / 1000) + days * 24 * 60 * 60;
