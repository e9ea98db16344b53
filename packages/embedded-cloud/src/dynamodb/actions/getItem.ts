import type { GetItemCommandInput, GetItemCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Action, Region } from '../../core/service';
import type { Answer } from '../answer';
import { parseProjection } from '../expressions/parsePath';
import { project } from '../expressions/paths';
import { Placeholders } from '../expressions/placeholders';
import { checkKey, placeOf } from '../keys';
import { findTable, leadingKey, onTable, readItemAt } from '../tables';
import { type Item, readItem, writeItem } from '../values';

type Input = Pick<
  GetItemCommandInput,
  'TableName' | 'Key' | 'ProjectionExpression' | 'ExpressionAttributeNames' | 'ConsistentRead'
>;

/** Reads one item by its key, and applies the projection. @throws ValidationException, ResourceNotFoundException */
export const readOne = (region: Region, input: Input): Item | undefined => {
  const placeholders = new Placeholders(input.ExpressionAttributeNames, undefined, [
    input.ProjectionExpression,
  ]);
  const table = findTable(region, input.TableName);
  const key = readItem(input.Key ?? {});
  checkKey(table, key);
  const paths =
    input.ProjectionExpression === undefined
      ? undefined
      : parseProjection(input.ProjectionExpression, placeholders);
  placeholders.checkAllUsed();
  const item = readItemAt(region, table, placeOf(table.keys, key), input.ConsistentRead ?? false);
  return item && (paths ? project(item, paths) : item);
};

export const getItem: Action<GetItemCommandInput, Answer<GetItemCommandOutput>> = {
  requires: (input, region) => [
    onTable(region, 'GetItem', input.TableName, {
      leadingKeys: [leadingKey(region, input.TableName, input.Key)],
    }),
  ],
  run: (input, region) => {
    const item = readOne(region, input);
    return { ...(item && { Item: writeItem(item) }) } satisfies Answer<GetItemCommandOutput>;
  },
};
