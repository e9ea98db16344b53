import { dayMs, minuteMs, type WallTime } from './wallTime';

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** `fri 16:00`, `sat`, `2026-12-20` or `2026-12-20 18:00`. */
export const momentPattern =
  /^(?:(sun|mon|tue|wed|thu|fri|sat)|(\d{4})-(\d{2})-(\d{2}))(?: ([01]\d|2[0-3]):([0-5]\d))?$/;

/** One end of a window: a time of each week (ms since the start of its Sunday), or of one date (wall time). */
export interface Moment {
  readonly kind: 'weekday' | 'date';
  readonly wall: WallTime;
  /** Without a time of day: the whole day counts. */
  readonly wholeDay: boolean;
}

/** @returns undefined for a text that is no moment, such as a date that does not exist. */
export const parseMoment = (text: string): Moment | undefined => {
  const [matched, weekday, year, month, day, hour, minute] = momentPattern.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const time = (Number(hour ?? 0) * 60 + Number(minute ?? 0)) * minuteMs;
  const wholeDay = hour === undefined;
  const index = weekdays.findIndex((name) => name === weekday);
  if (index >= 0) return { kind: 'weekday', wall: index * dayMs + time, wholeDay };
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (new Date(date).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined;
  return { kind: 'date', wall: date + time, wholeDay };
};

/**
 * Both ends of a window. A day without a time of day counts whole, so a window that ends with it ends at the next
 * midnight.
 */
export const endsOf = ({ from, to }: { readonly from: string; readonly to: string }) => {
  const [start, end] = [parseMoment(from), parseMoment(to)];
  return start && end && { start, end: { ...end, wall: end.wall + (end.wholeDay ? dayMs : 0) } };
};
