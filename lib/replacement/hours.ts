import { weekdays } from '../application/moment';
import type { MaintenanceSettings } from '../application/schema';
import { dayMs, firstAt, lastBefore, minuteMs, wallTimeAt } from '../application/wallTime';
import type { Finding } from './findings';

/** Some hours of one day, epoch ms: from `from` until just before `until`. */
export interface Hours {
  readonly from: number;
  readonly until: number;
}

/** Replacing an instance takes some minutes: hours that end sooner are of no use. */
const minMs = 15 * minuteMs;

const ofDay = (text: string): number => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * minuteMs;
};

/** The epoch began on a Thursday. */
const weekday = (wall: number): (typeof weekdays)[number] =>
  weekdays[(Math.floor(wall / dayMs) + 4) % 7] ?? 'sun';

/**
 * The hours in which an instance may be replaced: those of now, from now on, or the next ones. Hours that end past midnight
 * belong to the day on which they begin.
 * @param now epoch ms
 */
export const nextHours = (
  { timeZone, hours, days }: Pick<MaintenanceSettings, 'timeZone' | 'hours' | 'days'>,
  now: number,
): Hours => {
  const today = Math.floor(wallTimeAt(timeZone, now) / dayMs) * dayMs;
  const [from, to] = [ofDay(hours.from), ofDay(hours.to)];
  const found = Array.from({ length: 10 }, (_, index) => today + (index - 1) * dayMs)
    .filter((midnight) => days.includes(weekday(midnight)))
    .map((midnight) => ({
      from: firstAt(timeZone, midnight + from),
      until: lastBefore(timeZone, midnight + to + (to > from ? 0 : dayMs)),
    }))
    .find(({ from: opens, until }) => until - minMs > Math.max(now, opens));
  // At least one of ten days is a day of the week that the settings name: the schema takes no empty list.
  const next = found ?? { from: now, until: now };
  return { from: Math.max(next.from, now), until: next.until };
};

/** When an instance is going to be replaced; or why it is not, for whoever has to do it then. */
export type Replacement = Hours | { readonly why: string };

/** What becomes of an instance that something was found of. Undefined: the settings do not ask for it. */
export const replacementFor = (
  settings: MaintenanceSettings,
  { notBefore }: Pick<Finding, 'notBefore'>,
  now: number,
): Replacement | undefined => {
  if (!settings.replace) return undefined;
  const hours = nextHours(settings, now);
  const { from, to } = settings.hours;
  return notBefore !== undefined && notBefore <= hours.from + minMs
    ? { why: `EC2 may come before the next hours of maintenance (${from} to ${to} ${settings.timeZone})` }
    : hours;
};
