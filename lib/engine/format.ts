import { UnknownFormat } from './errors';

/** The format of a record and its effects. Items that were written before formats were numbered have format 1. */
export const currentFormat = 1;

/**
 * Brings an item into the current format; an older one is migrated here. A newer one comes from a stack that was
 * upgraded and taken back while a deployment ran. Its meaning may have changed, so it is refused.
 * @param what names the item for people: `Record deployment-1`.
 * @throws UnknownFormat
 */
export const inCurrentFormat = <Item extends { readonly format?: number }>(
  item: Item,
  what: string,
): Item => {
  const format = item.format ?? 1;
  if (format > currentFormat)
    throw new UnknownFormat(
      `${what} was written in format ${String(format)} by a newer version of Forseti; this one reads formats up to ${String(currentFormat)}. ` +
        'Nothing of it is changed. Deploy the newer stack again: what is open goes on, or is mended, by itself.',
    );
  return { ...item, format };
};
