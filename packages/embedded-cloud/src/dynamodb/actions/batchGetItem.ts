import type { BatchGetItemCommandInput, BatchGetItemCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Action } from '../../core/service';
import type { Answer } from '../answer';
import { leadingKey, onTable } from '../tables';
import { invalid, writeItem } from '../values';
import { readOne } from './getItem';

/** AWS: at most 100 items per call. */
const maxKeys = 100;

export const batchGetItem: Action<BatchGetItemCommandInput, Answer<BatchGetItemCommandOutput>> = {
  requires: (input, region) =>
    Object.entries(input.RequestItems ?? {}).map(([table, { Keys: keys }]) =>
      onTable(region, 'BatchGetItem', table, {
        leadingKeys: (keys ?? []).map((key) => leadingKey(region, table, key)),
      }),
    ),
  run: (input, region) => {
    const requests = Object.entries(input.RequestItems ?? {});
    const keys = requests.flatMap(([table, { Keys: wanted }]) =>
      (wanted ?? []).map((key) => JSON.stringify([table, Object.entries(key).sort()])),
    );
    if (keys.length === 0 || requests.some(([, { Keys: wanted }]) => !wanted?.length))
      throw invalid(
        'The list of keys in BatchGetItem is required and must have length greater than or equal to 1',
      );
    if (keys.length > maxKeys) throw invalid('Too many items requested for the BatchGetItem call');
    if (new Set(keys).size < keys.length) throw invalid('Provided list of item keys contains duplicates');
    const responses = requests.map(([TableName, request]) => {
      const items = (request.Keys ?? []).map((Key) => readOne(region, { TableName, ...request, Key }));
      return [TableName, items.flatMap((item) => (item ? [writeItem(item)] : []))] as const;
    });
    return {
      Responses: Object.fromEntries(responses),
      UnprocessedKeys: {},
    } satisfies Answer<BatchGetItemCommandOutput>;
  },
};
