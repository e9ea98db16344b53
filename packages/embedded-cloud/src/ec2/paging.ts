/** `MaxResults` and `NextToken` of EC2's Describe actions. */
import { AwsError } from '../core/errors';
import { invalidParameterValue } from './errors';

export interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

const tokenOf = (offset: number) => Buffer.from(`from ${offset}`).toString('base64url');

const offsetOf = (token: string): number => {
  const found = /^from (\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (found === null) throw new AwsError('InvalidNextToken', 'The specified NextToken is not valid.');
  return Number(found[1]);
};

/**
 * One page of a list.
 * @param least smallest `MaxResults` that the action takes; the largest is 1,000 by default
 * @throws AwsError InvalidParameterValue, InvalidNextToken
 */
export const pageOf = <T>(
  list: readonly T[],
  { MaxResults: size, NextToken: token }: PageRequest,
  { least = 5, most = 1_000 }: { readonly least?: number; readonly most?: number } = {},
): { readonly items: readonly T[]; readonly nextToken: string | undefined } => {
  if (size !== undefined && (size < least || size > most)) {
    throw invalidParameterValue(
      `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between ${least} and ${most}.`,
    );
  }
  const from = token === undefined || token === '' ? 0 : offsetOf(token);
  const to = from + (size ?? most);
  return { items: list.slice(from, to), nextToken: to < list.length ? tokenOf(to) : undefined };
};
