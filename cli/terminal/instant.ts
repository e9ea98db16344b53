import { parseDuration } from './duration';

const timePattern = /^([01]\d|2[0-3]):([0-5]\d)$/;
const datePattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Epoch milliseconds of the next time at which this computer's clock shows that hour and minute. */
const next = (hour: number, minute: number, now: number): number => {
  const today = new Date(now);
  const at = (days: number): number =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + days, hour, minute).getTime();
  return at(0) > now ? at(0) : at(1);
};

/** Whether the calendar has this day: `Date` reads `2026-02-30` as a day of March. */
const isDate = (date: string): boolean => {
  const at = Date.parse(`${date}T00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
};

/**
 * Epoch milliseconds of a time as a person writes it: `18:00` (the next), `2026-12-24` (as it begins), `2026-12-24 18:00`,
 * `2026-12-24T18:00Z`. Without a zone it is this computer's.
 */
export const parseInstant = (text: string, now: number): number | undefined => {
  const [, hour, minute] = timePattern.exec(text) ?? [];
  if (hour !== undefined) return next(Number(hour), Number(minute), now);
  const [, date, time = '00:00', second = '00', zone = ''] = datePattern.exec(text) ?? [];
  if (date === undefined || !isDate(date)) return undefined;
  const at = Date.parse(`${date}T${time}:${second}${zone}`);
  return Number.isNaN(at) ? undefined : at;
};

/** Epoch milliseconds of a time in the past: a duration back from now (`30d`), or a date as {@link parseInstant} takes it. */
export const parsePast = (text: string, now: number): number | undefined => {
  const ago = parseDuration(text);
  const at = ago !== undefined ? now - ago : datePattern.test(text) ? parseInstant(text, now) : undefined;
  return at !== undefined && at >= 0 && at <= now ? at : undefined;
};

/** An epoch time for people, to the minute: `2026-12-24 18:00Z`. */
export const showInstant = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}Z`;
