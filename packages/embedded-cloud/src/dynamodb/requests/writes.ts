import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../core/errors';
import type { Region } from '../../core/service';
import { applyUpdate } from '../expressions/applyUpdate';
import type { Path } from '../expressions/ast';
import { holds } from '../expressions/evaluate';
import { parseCondition } from '../expressions/parseCondition';
import { parseUpdate } from '../expressions/parseUpdate';
import { Placeholders } from '../expressions/placeholders';
import { checkItemKeys, checkKey, namesOf, type Place, placeOf } from '../keys';
import { itemBytes, largestItemBytes } from '../sizes';
import { checkWritable } from '../replication';
import type { Table } from '../state';
import { findTable, readAt, writeAt } from '../tables';
import { invalid, type Item, readItem, writeItem } from '../values';

/** The input that put, update, delete and a condition check share, alone or in a transaction. */
export interface WriteInput {
  readonly TableName?: string | undefined;
  readonly Item?: Record<string, AttributeValue> | undefined;
  readonly Key?: Record<string, AttributeValue> | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
}

export type WriteKind = 'put' | 'update' | 'delete' | 'check';

/** A write whose request is valid. Whether it takes place depends on the item. */
export interface PreparedWrite {
  readonly table: Table;
  readonly place: Place;
  /** The paths that an update changes. */
  readonly paths: readonly Path[];
  readonly returnsOld: boolean;
  condition(current: Item | undefined): boolean;
  /** The item afterwards; undefined if there is none. @throws ValidationException */
  next(current: Item | undefined): Item | undefined;
}

const required = <T>(value: T | undefined, name: string): T => {
  if (value === undefined)
    throw invalid(
      `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
    );
  return value;
};

const checkSize = (item: Item, message: string) => {
  if (itemBytes(item) > largestItemBytes) throw invalid(message);
};

const preparePut = (table: Table, input: WriteInput) => {
  const item = readItem(required(input.Item, 'item'));
  checkItemKeys(table, item);
  checkSize(item, 'Item size has exceeded the maximum allowed size');
  return { place: placeOf(table.keys, item), next: () => item, paths: [] };
};

const prepareUpdate = (table: Table, key: Item, input: WriteInput, placeholders: Placeholders) => {
  const clauses =
    input.UpdateExpression === undefined ? [] : parseUpdate(input.UpdateExpression, placeholders);
  const ofKey = namesOf(table.keys).find((name) => clauses.some(({ path }) => path[0] === name));
  if (ofKey !== undefined)
    throw invalid(
      `One or more parameter values were invalid: Cannot update attribute ${ofKey}. This attribute is part of the key`,
    );
  const next = (current: Item | undefined) => {
    const item = applyUpdate(clauses, current ?? key, placeholders);
    checkItemKeys(table, item);
    checkSize(item, 'Item size to update has exceeded the maximum allowed size');
    return item;
  };
  return { next, paths: clauses.map(({ path }) => path) };
};

const prepareByKind = (kind: WriteKind, table: Table, input: WriteInput, placeholders: Placeholders) => {
  if (kind === 'put') return preparePut(table, input);
  const key = readItem(required(input.Key, 'key'));
  checkKey(table, key);
  const place = placeOf(table.keys, key);
  if (kind === 'update') return { place, ...prepareUpdate(table, key, input, placeholders) };
  return { place, paths: [], next: (current: Item | undefined) => (kind === 'check' ? current : undefined) };
};

/** Checks everything that can be checked without the item. @throws ValidationException, ResourceNotFoundException */
export const prepareWrite = (region: Region, kind: WriteKind, input: WriteInput): PreparedWrite => {
  const placeholders = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues, [
    input.ConditionExpression,
    input.UpdateExpression,
  ]);
  const table = findTable(region, input.TableName);
  const { place, paths, next } = prepareByKind(kind, table, input, placeholders);
  const condition =
    input.ConditionExpression === undefined
      ? undefined
      : parseCondition(input.ConditionExpression, 'ConditionExpression', placeholders);
  placeholders.checkAllUsed();
  return {
    table,
    place,
    paths,
    returnsOld: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    condition: (current) => condition === undefined || holds(condition, current ?? {}, placeholders),
    next,
  };
};

/**
 * Does one write that is not part of a transaction.
 * @throws ConditionalCheckFailedException, with `Item` if ReturnValuesOnConditionCheckFailure is set;
 * ReplicatedWriteConflictException if another region is writing the item of a strong global table
 */
export const write = (region: Region, { table, place, ...prepared }: PreparedWrite) => {
  checkWritable(region, table, place);
  const before = readAt(table, place);
  if (!prepared.condition(before))
    throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', {
      ...(prepared.returnsOld && before && { Item: writeItem(before) }),
    });
  const after = prepared.next(before);
  writeAt(region, table, place, after);
  return { before, after };
};

/** @throws ValidationException for a ReturnValues that the action does not accept */
export const checkReturnValues = (given: string | undefined, allowed: readonly string[]): void => {
  if (given !== undefined && !allowed.includes(given)) throw invalid('Return values set to invalid value');
};
