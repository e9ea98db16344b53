import type {
  CancellationReason,
  TransactWriteItem,
  TransactWriteItemsCommandInput,
  TransactWriteItemsCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import type { Answer } from '../answer';
import { leadingKey, onTable, readAt, writeAt } from '../tables';
import { invalid, type Item, writeItem } from '../values';
import { type PreparedWrite, prepareWrite, type WriteInput, type WriteKind } from '../requests/writes';
import { checkTransaction } from './transactGetItems';

/** AWS: a ClientRequestToken is remembered for 10 minutes. */
const tokenMs = 600_000;

const iamActions: Readonly<Record<WriteKind, string>> = {
  put: 'PutItem',
  update: 'UpdateItem',
  delete: 'DeleteItem',
  check: 'ConditionCheckItem',
};

const partOf = ({ Put, Update, Delete, ConditionCheck }: TransactWriteItem): [WriteKind, WriteInput] => {
  const parts: [WriteKind, WriteInput | undefined][] = [
    ['put', Put],
    ['update', Update],
    ['delete', Delete],
    ['check', ConditionCheck],
  ];
  const given = parts.flatMap(([kind, input]) => (input ? [[kind, input] as [WriteKind, WriteInput]] : []));
  const [one] = given;
  if (!one || given.length > 1)
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  return one;
};

type Tried = { reason: CancellationReason } | { write: PreparedWrite; after: Item | undefined };

const tryOne = (write: PreparedWrite): Tried => {
  const before = readAt(write.table, write.place);
  if (!write.condition(before))
    return {
      reason: {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        ...(write.returnsOld && before && { Item: writeItem(before) }),
      },
    };
  try {
    return { write, after: write.next(before) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { reason: { Code: 'ValidationError', Message: error.message } };
  }
};

/** @throws TransactionCanceledException with one reason for each item */
const commit = (region: Region, writes: readonly PreparedWrite[]) => {
  const tried = writes.map(tryOne);
  const reasons = tried.map((one): CancellationReason => ('reason' in one ? one.reason : { Code: 'None' }));
  if (reasons.some(({ Code }) => Code !== 'None'))
    throw new AwsError(
      'TransactionCanceledException',
      'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        `[${reasons.map(({ Code }) => Code).join(', ')}]`,
      { CancellationReasons: reasons },
    );
  for (const one of tried) if ('write' in one) writeAt(region, one.write.table, one.write.place, one.after);
};

/** Whether the same request was already done with its token. @throws IdempotentParameterMismatchException */
const doneBefore = (input: TransactWriteItemsCommandInput, region: Region): boolean => {
  const { tokens } = region.service('dynamodb').state;
  const { ClientRequestToken: token, ...request } = input;
  if (token === undefined) return false;
  const seen = tokens[token];
  if (!seen || seen.until <= region.now()) return false;
  if (seen.request !== JSON.stringify(request))
    throw new AwsError(
      'IdempotentParameterMismatchException',
      'Request was rejected because a different request with the same client token was already completed',
    );
  return true;
};

const remember = (
  { ClientRequestToken: token, ...request }: TransactWriteItemsCommandInput,
  region: Region,
) => {
  const { tokens } = region.service('dynamodb').state;
  for (const [old, { until }] of Object.entries(tokens))
    if (until <= region.now()) Reflect.deleteProperty(tokens, old);
  if (token !== undefined)
    tokens[token] = { request: JSON.stringify(request), until: region.now() + tokenMs };
};

export const transactWriteItems: Action<
  TransactWriteItemsCommandInput,
  Answer<TransactWriteItemsCommandOutput>
> = {
  requires: (input, region) =>
    (input.TransactItems ?? []).map((item) => {
      const [kind, { TableName, Item: whole, Key: key }] = partOf(item);
      return onTable(region, iamActions[kind], TableName, {
        leadingKeys: [leadingKey(region, TableName, whole ?? key)],
      });
    }),
  run: (input, region) => {
    const parts = (input.TransactItems ?? []).map(partOf);
    const writes = parts.map(([kind, part]) => prepareWrite(region, kind, part));
    checkTransaction(writes);
    if (!doneBefore(input, region)) {
      commit(region, writes);
      remember(input, region);
    }
    return {} satisfies Answer<TransactWriteItemsCommandOutput>;
  },
};
