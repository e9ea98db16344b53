import type { Item } from './values';
import { itemBytes, pageBytes } from './sizes';

export interface Page {
  readonly items: readonly Item[];
  /** The item after which the next page starts; undefined at the end. */
  readonly last: Item | undefined;
}

/**
 * Cuts one page from the items left to read: at most `limit` items and about 1 MB, both counted before any filter. As
 * on AWS, a page that ends because of its limit has a `last` even if nothing follows.
 */
export const cutPage = (items: readonly Item[], limit: number | undefined): Page => {
  let bytes = 0;
  const most = limit ?? Number.POSITIVE_INFINITY;
  for (const [index, item] of items.entries()) {
    bytes += itemBytes(item);
    const full = index + 1 >= most || bytes >= pageBytes;
    const more = index + 1 < items.length;
    if (full && (more || index + 1 === most)) return { items: items.slice(0, index + 1), last: item };
  }
  return { items, last: undefined };
};
