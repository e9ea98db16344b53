/** `PageSize` and `Marker` of the Describe actions: 400 a page by default. */
import { validationError } from './errors';

export interface PageRequest {
  readonly PageSize?: number | undefined;
  readonly Marker?: string | undefined;
}

const maxPerPage = 400;

/** @throws AwsError ValidationError if the size is outside 1 to 400 or the marker is of another list */
export const pageOf = <T>(
  list: readonly T[],
  { PageSize: size = maxPerPage, Marker: marker }: PageRequest,
): { readonly items: readonly T[]; readonly nextMarker: string | undefined } => {
  if (size < 1 || size > maxPerPage) throw validationError(`PageSize must be between 1 and ${maxPerPage}`);
  const from = marker === undefined ? 0 : Number(Buffer.from(marker, 'base64url').toString());
  if (!Number.isInteger(from)) throw validationError('The marker is not valid');
  const to = from + size;
  const nextMarker = to < list.length ? Buffer.from(String(to)).toString('base64url') : undefined;
  return { items: list.slice(from, to), nextMarker };
};
