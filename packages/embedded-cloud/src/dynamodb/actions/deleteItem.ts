import type { DeleteItemCommandInput, DeleteItemCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Action } from '../../core/service';
import type { Answer } from '../answer';
import { leadingKey, onTable } from '../tables';
import { writeItem } from '../values';
import { checkReturnValues, prepareWrite, write } from '../requests/writes';

/** Deleting an item that does not exist succeeds, as on AWS. */
export const deleteItem: Action<DeleteItemCommandInput, Answer<DeleteItemCommandOutput>> = {
  requires: (input, region) => [
    onTable(region, 'DeleteItem', input.TableName, {
      leadingKeys: [leadingKey(region, input.TableName, input.Key)],
    }),
  ],
  run: (input, region) => {
    checkReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD']);
    const { before } = write(region, prepareWrite(region, 'delete', input));
    return {
      ...(input.ReturnValues === 'ALL_OLD' && before && { Attributes: writeItem(before) }),
    } satisfies Answer<DeleteItemCommandOutput>;
  },
};
