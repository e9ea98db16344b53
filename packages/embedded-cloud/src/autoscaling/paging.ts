import { AwsError } from '../core/errors';

/**
 * One page of a list, and the token of the next. Tokens carry the offset, so they survive a snapshot.
 * @throws AwsError InvalidNextToken
 */
export const pageOf = <T>(
  items: readonly T[],
  input: { readonly NextToken?: string | undefined; readonly MaxRecords?: number | undefined },
  defaultSize: number,
): { page: T[]; NextToken?: string } => {
  const from = input.NextToken === undefined ? 0 : Number(/^offset-(\d+)$/.exec(input.NextToken)?.[1] ?? NaN);
  if (Number.isNaN(from))
    throw new AwsError('InvalidNextToken', `The token '${input.NextToken ?? ''}' is invalid.`);
  const to = from + Math.min(input.MaxRecords ?? defaultSize, 100);
  const page = items.slice(from, to);
  return to < items.length ? { page, NextToken: `offset-${to}` } : { page };
};
