import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Mark } from './lease';

export type MarkItem = Record<string, AttributeValue>;

/** Reads field by field: the SDK's general unmarshalling would take as long as the rest of a message's work. */
export const readMark = (item: MarkItem): Mark => ({
  fence: Number(item.fence?.N ?? 0),
  heldBy: item.heldBy?.S ?? '',
  heldUntil: Number(item.heldUntil?.N ?? 0),
  ...(item.doneAt?.N !== undefined && { doneAt: Number(item.doneAt.N) }),
  ...(item.keptUntil?.N !== undefined && { keptUntil: Number(item.keptUntil.N) }),
  ...(item.payload?.S !== undefined && { payload: item.payload.S }),
  ...(item.effectResult?.S !== undefined && { result: item.effectResult.S }),
});

const number = (value: number): AttributeValue => ({ N: String(value) });

/** `expiresAt`, in epoch seconds, is for DynamoDB's TTL, if the table has it; nothing here relies on it. */
export const writeMark = (id: string, mark: Mark): MarkItem => ({
  id: { S: id },
  fence: number(mark.fence),
  heldBy: { S: mark.heldBy },
  heldUntil: number(mark.heldUntil),
  ...(mark.doneAt !== undefined && { doneAt: number(mark.doneAt) }),
  ...(mark.keptUntil !== undefined && {
    keptUntil: number(mark.keptUntil),
    expiresAt: number(Math.ceil(mark.keptUntil / 1000)),
  }),
  ...(mark.payload !== undefined && { payload: { S: mark.payload } }),
  ...(mark.result !== undefined && { effectResult: { S: mark.result } }),
});

/** Prefix of the items that count how often a message was finished after its lease was lost; no consumer's name has a `!`. */
const overtakenPrefix = '!overtaken/';

export const overtakenKey = (id: string): MarkItem => ({ id: { S: `${overtakenPrefix}${id}` } });

export const readOvertaken = (item: MarkItem): { readonly id: string; readonly times: number } => ({
  id: (item.id?.S ?? '').slice(overtakenPrefix.length),
  times: Number(item.overtaken?.N ?? 0),
});
