import type {
  BatchWriteItemCommandInput,
  BatchWriteItemCommandOutput,
  WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import type { Answer } from '../answer';
import { leadingKey, onTable } from '../tables';
import { invalid } from '../values';
import { type PreparedWrite, prepareWrite, write } from '../requests/writes';

/** AWS: at most 25 requests per call. */
const maxRequests = 25;

const requestsOf = (input: BatchWriteItemCommandInput) =>
  Object.entries(input.RequestItems ?? {}).flatMap(([TableName, requests]) =>
    requests.map((request) => ({ TableName, request })),
  );

const prepare = (input: BatchWriteItemCommandInput, region: Region) =>
  requestsOf(input).map(({ TableName, request: { PutRequest: put, DeleteRequest: remove } }) => {
    if ((put === undefined) === (remove === undefined))
      throw invalid(
        'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
      );
    return put
      ? prepareWrite(region, 'put', { TableName, Item: put.Item })
      : prepareWrite(region, 'delete', { TableName, Key: remove?.Key });
  });

/** Does the writes. @returns those that could not be done now, because another region is writing the same item */
const writeAll = (
  region: Region,
  requests: ReturnType<typeof requestsOf>,
  prepared: readonly PreparedWrite[],
): Record<string, WriteRequest[]> => {
  const left: Record<string, WriteRequest[]> = {};
  for (const [index, one] of prepared.entries())
    try {
      write(region, one);
    } catch (error) {
      const refused = requests[index];
      if (!refused || !(error instanceof AwsError) || error.code !== 'ReplicatedWriteConflictException')
        throw error;
      (left[refused.TableName] ??= []).push(refused.request);
    }
  return left;
};

/** Each write is independent and has no condition. All requests are checked before the first write. */
export const batchWriteItem: Action<BatchWriteItemCommandInput, Answer<BatchWriteItemCommandOutput>> = {
  requires: (input, region) =>
    Object.entries(input.RequestItems ?? {}).map(([table, requests]) =>
      onTable(region, 'BatchWriteItem', table, {
        leadingKeys: requests.map(({ PutRequest: put, DeleteRequest: remove }) =>
          leadingKey(region, table, put?.Item ?? remove?.Key),
        ),
      }),
    ),
  run: (input, region) => {
    const count = Object.values(input.RequestItems ?? {}).flat().length;
    if (count === 0)
      throw invalid(
        'The batch write request list for a table cannot be null or empty: the requestItems parameter is required',
      );
    if (count > maxRequests) throw invalid('Too many items requested for the BatchWriteItem call');
    const prepared = prepare(input, region);
    const places = prepared.map(({ table, place }) => JSON.stringify([table.name, place]));
    if (new Set(places).size < places.length) throw invalid('Provided list of item keys contains duplicates');
    const UnprocessedItems = writeAll(region, requestsOf(input), prepared);
    return { UnprocessedItems } satisfies Answer<BatchWriteItemCommandOutput>;
  },
};
