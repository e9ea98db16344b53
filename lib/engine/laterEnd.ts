/**
 * Whether one end comes after another. Ends are epoch milliseconds; what has none lasts until somebody ends it, so
 * longest.
 */
export const endsLater = (end: number | undefined, other: number | undefined): boolean =>
  other !== undefined && (end === undefined || end > other);

/** Of two ends the later one: whoever asks for less takes nothing from whoever asked for more. */
export const laterEnd = (a: number | undefined, b: number | undefined): number | undefined =>
  endsLater(a, b) ? a : b;
