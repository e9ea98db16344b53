import type { PutItemCommandInput, PutItemCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Action } from '../../core/service';
import type { Answer } from '../answer';
import { leadingKey, onTable } from '../tables';
import { writeItem } from '../values';
import { checkReturnValues, prepareWrite, write } from '../requests/writes';

export const putItem: Action<PutItemCommandInput, Answer<PutItemCommandOutput>> = {
  requires: (input, region) => [
    onTable(region, 'PutItem', input.TableName, {
      leadingKeys: [leadingKey(region, input.TableName, input.Item)],
    }),
  ],
  run: (input, region) => {
    checkReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD']);
    const { before } = write(region, prepareWrite(region, 'put', input));
    return {
      ...(input.ReturnValues === 'ALL_OLD' && before && { Attributes: writeItem(before) }),
    } satisfies Answer<PutItemCommandOutput>;
  },
};
