import type { ScanCommandInput, ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Action } from '../../core/service';
import type { Answer } from '../answer';
import { Placeholders } from '../expressions/placeholders';
import { namesOf, placeOf } from '../keys';
import { cutPage } from '../pages';
import { findIndex, makeView, pageKey, startKey, throughIndex } from '../requests/reading';
import type { Table } from '../state';
import { findTable, itemsSeen, onTable } from '../tables';
import { invalid, type Item } from '../values';

/** FNV-1a. A scan reads partitions in the order of their hash, which looks like no order. */
const hash = (text: string): number => {
  let mixed = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193);
  return mixed >>> 0;
};

interface Position {
  readonly hash: number;
  readonly partition: string;
  readonly sort: string;
}

const positionOf = (table: Table, item: Item): Position => {
  const { partition, sort } = placeOf(table.keys, item);
  return { hash: hash(partition), partition, sort };
};

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const compare = (a: Position, b: Position) =>
  a.hash - b.hash || byText(a.partition, b.partition) || byText(a.sort, b.sort);

/** For parallel scans: whether a partition belongs to the segment. @throws ValidationException */
const inSegment = ({ Segment, TotalSegments }: ScanCommandInput): ((position: Position) => boolean) => {
  if (Segment === undefined && TotalSegments === undefined) return () => true;
  if (Segment === undefined || TotalSegments === undefined || Segment >= TotalSegments)
    throw invalid(
      'The Segment parameter is zero-based and must be less than parameter TotalSegments, and both must be given',
    );
  return (position) => position.hash % TotalSegments === Segment;
};

export const scan: Action<ScanCommandInput, Answer<ScanCommandOutput>> = {
  requires: (input, region) => [onTable(region, 'Scan', input.TableName, { index: input.IndexName })],
  run: (input, region) => {
    const placeholders = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues, [
      input.FilterExpression,
      input.ProjectionExpression,
    ]);
    const table = findTable(region, input.TableName);
    const index = findIndex(table, input);
    const view = makeView(input, placeholders);
    const key = startKey(table, index, input);
    const from = key && positionOf(table, key);
    const mine = inSegment(input);
    const rows = itemsSeen(region, table, input.ConsistentRead ?? false)
      .filter((item) => !index || namesOf(index.keys).every((name) => item[name]))
      .map((item) => ({ item, position: positionOf(table, item) }))
      .filter(({ position }) => mine(position) && (!from || compare(position, from) > 0))
      .sort((a, b) => compare(a.position, b.position))
      .map(({ item }) => throughIndex(table, index, item));
    const page = cutPage(rows, input.Limit);
    const last = page.last && pageKey(table, index, page.last);
    return view.answer(page.items, page.items.length, last) satisfies Answer<ScanCommandOutput>;
  },
};
