import { AwsError } from '../core/errors';
import type { Region, Requirement } from '../core/service';
import { type Place, placeOf } from './keys';
import { checkQuorum, replicate } from './replication';
import type { DynamoDbState, Table } from './state';
import { invalid, type Item } from './values';

const stateOf = (region: Region): DynamoDbState => region.service('dynamodb').state;

/** A request names a table by its name or its ARN. */
const nameOf = (nameOrArn: string | undefined): string => {
  if (nameOrArn === undefined || nameOrArn === '')
    throw invalid(
      "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
    );
  return nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : nameOrArn;
};

/** @throws ResourceNotFoundException */
export const findTable = (region: Region, nameOrArn: string | undefined, describing = false): Table => {
  const name = nameOf(nameOrArn);
  const table = stateOf(region).tables[name];
  if (!table)
    throw new AwsError(
      'ResourceNotFoundException',
      describing ? `Requested resource not found: Table: ${name} not found` : 'Requested resource not found',
    );
  return table;
};

export const tableArn = (region: Region, nameOrArn: string | undefined): string =>
  nameOrArn?.startsWith('arn:') ? nameOrArn : region.arn('dynamodb', `table/${nameOrArn ?? ''}`);

/** The permission for a call on items, with `dynamodb:leadingkeys` if the call names partition keys. */
export const onTable = (
  region: Region,
  action: string,
  nameOrArn: string | undefined,
  options: { index?: string | undefined; leadingKeys?: readonly (string | undefined)[] } = {},
): Requirement => {
  const leading = options.leadingKeys?.filter((key) => key !== undefined) ?? [];
  const arn = tableArn(region, nameOrArn);
  return {
    action: `dynamodb:${action}`,
    resource: options.index === undefined ? arn : `${arn}/index/${options.index}`,
    ...(leading.length > 0 && { context: { 'dynamodb:leadingkeys': [...new Set(leading)] } }),
  };
};

/** The partition key's value in the form that IAM compares; undefined if it is not known. */
export const leadingKey = (
  region: Region,
  nameOrArn: string | undefined,
  item: Record<string, object> | undefined,
): string | undefined => {
  const { tables } = stateOf(region);
  const table = nameOrArn === undefined ? undefined : tables[nameOf(nameOrArn)];
  const value = table && item?.[table.keys.partition];
  const [text] = value ? (Object.values(value) as unknown[]) : [];
  return typeof text === 'string' ? text : undefined;
};

export const readAt = (table: Table, place: Place): Item | undefined =>
  table.partitions[place.partition]?.[place.sort];

/** Puts or removes an item in this replica only. It keeps the former version if reads may lag. */
export const putAt = (region: Region, table: Table, place: Place, item: Item | undefined): void => {
  const lagMs = stateOf(region).eventualLagMs;
  const now = region.now();
  if (lagMs > 0) {
    table.former = table.former.filter(({ writtenAt }) => writtenAt + lagMs > now);
    table.former.push({ ...place, item: readAt(table, place) ?? null, writtenAt: now });
  }
  if (item) (table.partitions[place.partition] ??= {})[place.sort] = item;
  else {
    const partition = table.partitions[place.partition];
    if (partition) Reflect.deleteProperty(partition, place.sort);
    if (partition && Object.keys(partition).length === 0)
      Reflect.deleteProperty(table.partitions, place.partition);
  }
};

/** Puts or removes an item, also in the other replicas of a global table. */
export const writeAt = (region: Region, table: Table, place: Place, item: Item | undefined): void => {
  putAt(region, table, place, item);
  if (table.global) replicate(region, table, place, { item, put: putAt });
};

/** The versions that an eventually consistent read may still return, by place: the oldest one within the lag. */
const stale = (region: Region, table: Table): Map<string, Item | null> => {
  const lagMs = stateOf(region).eventualLagMs;
  const seen = new Map<string, Item | null>();
  if (lagMs > 0)
    for (const { partition, sort, item, writtenAt } of table.former) {
      const place = JSON.stringify([partition, sort]);
      if (writtenAt + lagMs > region.now() && !seen.has(place)) seen.set(place, item);
    }
  return seen;
};

/** All items of one partition or of all, as a read of the given consistency returns them. */
export const itemsSeen = (
  region: Region,
  table: Table,
  consistent: boolean,
  partition?: string,
): readonly Item[] => {
  if (consistent) checkQuorum(region, table);
  const groups =
    partition === undefined ? Object.values(table.partitions) : [table.partitions[partition] ?? {}];
  const current = groups.flatMap((group) => Object.values(group));
  const old = consistent ? new Map<string, Item | null>() : stale(region, table);
  if (old.size === 0) return current;
  const placeText = (item: Item) => {
    const place = placeOf(table.keys, item);
    return JSON.stringify([place.partition, place.sort]);
  };
  const unchanged = current.filter((item) => !old.has(placeText(item)));
  const former = [...old].flatMap(([place, item]) =>
    item && (partition === undefined || place.startsWith(`[${JSON.stringify(partition)},`)) ? [item] : [],
  );
  return [...unchanged, ...former];
};

export const readItemAt = (
  region: Region,
  table: Table,
  place: Place,
  consistent: boolean,
): Item | undefined => {
  if (consistent) checkQuorum(region, table);
  const lags = !consistent && stateOf(region).eventualLagMs > 0;
  const old = lags ? stale(region, table).get(JSON.stringify([place.partition, place.sort])) : undefined;
  return old === undefined ? readAt(table, place) : (old ?? undefined);
};
