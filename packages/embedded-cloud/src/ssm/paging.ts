import { AwsError } from '../core/errors';

const encode = (offset: number) => Buffer.from(`offset:${String(offset)}`).toString('base64');

const decode = (token: string): number => {
  const found = /^offset:(\d+)$/.exec(Buffer.from(token, 'base64').toString());
  if (!found) throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  return Number(found[1]);
};

/** One page of a list. @throws InvalidNextToken; ValidationException if the size is outside AWS's limits */
export const paged = <T>(
  all: readonly T[],
  input: { MaxResults?: number | undefined; NextToken?: string | undefined },
  bounds: { least: number; most: number; usual: number },
): { page: readonly T[]; next: { NextToken?: string } } => {
  const size = input.MaxResults ?? bounds.usual;
  if (size < bounds.least || size > bounds.most)
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${String(size)}' at 'maxResults' failed to satisfy constraint: ` +
        (size < bounds.least
          ? `Member must have value greater than or equal to ${String(bounds.least)}`
          : `Member must have value less than or equal to ${String(bounds.most)}`),
    );
  const from = input.NextToken === undefined ? 0 : decode(input.NextToken);
  const page = all.slice(from, from + size);
  const end = from + page.length;
  return { page, next: end < all.length ? { NextToken: encode(end) } : {} };
};
