/** Recurrence of scheduled actions: cron's five fields, in UTC (API Reference, PutScheduledUpdateGroupAction). */
import { Cron } from 'croner';

/** Numbers, names of months and days, lists, ranges and steps. */
const fields = /^[\dA-Za-z*,/-]+( +[\dA-Za-z*,/-]+){4}$/;

const parse = (expression: string): Cron | undefined => {
  const trimmed = expression.trim();
  if (!fields.test(trimmed)) return undefined;
  try {
    return new Cron(trimmed, { mode: '5-part', timezone: 'UTC', sloppyRanges: true });
  } catch {
    return undefined;
  }
};

export const isRecurrence = (expression: string): boolean => parse(expression) !== undefined;

/**
 * The first time after `after` (both epoch milliseconds) at which the recurrence is due. If both day fields are
 * restricted, a day that matches either is enough, as in cron.
 */
export const nextOccurrence = (expression: string, after: number): number | undefined =>
  parse(expression)?.nextRun(new Date(after))?.getTime();
