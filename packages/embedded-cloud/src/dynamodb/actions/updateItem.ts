import type { UpdateItemCommandInput, UpdateItemCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Action } from '../../core/service';
import type { Answer } from '../answer';
import type { Path } from '../expressions/ast';
import { project } from '../expressions/paths';
import { leadingKey, onTable } from '../tables';
import { type Item, writeItem } from '../values';
import { checkReturnValues, prepareWrite, write } from '../requests/writes';

const returned = (
  wanted: string | undefined,
  before: Item | undefined,
  after: Item | undefined,
  paths: readonly Path[],
): Item | undefined => {
  switch (wanted) {
    case 'ALL_OLD':
      return before;
    case 'ALL_NEW':
      return after;
    case 'UPDATED_OLD':
      return before && project(before, paths);
    case 'UPDATED_NEW':
      return after && project(after, paths);
    default:
      return undefined;
  }
};

/** Updates an item, or creates it from its key if it does not exist. */
export const updateItem: Action<UpdateItemCommandInput, Answer<UpdateItemCommandOutput>> = {
  requires: (input, region) => [
    onTable(region, 'UpdateItem', input.TableName, {
      leadingKeys: [leadingKey(region, input.TableName, input.Key)],
    }),
  ],
  run: (input, region) => {
    checkReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW']);
    const prepared = prepareWrite(region, 'update', input);
    const { before, after } = write(region, prepared);
    const attributes = returned(input.ReturnValues, before, after, prepared.paths);
    return {
      ...(attributes && Object.keys(attributes).length > 0 && { Attributes: writeItem(attributes) }),
    } satisfies Answer<UpdateItemCommandOutput>;
  },
};
