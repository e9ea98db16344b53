/** Schedules of rules: `rate(5 minutes)` and `cron(0 8 ? * MON-FRI *)`, in UTC (user guide, "Setting a schedule pattern"). */
import { Cron } from 'croner';
import { AwsError } from '../core/errors';

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

const refused = (): AwsError =>
  new AwsError('ValidationException', 'Parameter ScheduleExpression is not valid.');

/**
 * The period in milliseconds, or undefined if the expression is not a rate. A unit is singular after 1, and plural
 * otherwise.
 */
const periodOf = (expression: string): number | undefined => {
  const [, digits, unit, plural] = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  if (digits === undefined || (digits === '1') !== (plural === '')) return undefined;
  return Number(digits) * unitMs[unit as keyof typeof unitMs];
};

const ranges = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [1, 7],
  [1970, 2199],
] as const;

/** Whether all numbers of a field, without its steps, are in the field's range. */
const isInRange = (field: string, index: number): boolean => {
  const [min, max] = ranges[index] ?? [0, 0];
  const numbers = field.split(',').flatMap((part) => part.split('/')[0]?.match(/\d+/g) ?? []);
  return numbers.every((number) => Number(number) >= min && Number(number) <= max);
};

/** Six fields: minutes, hours, day of the month, month, day of the week (1 is Sunday), year. */
const fieldsOf = (expression: string): readonly string[] => {
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.split(' ') ?? [];
  const [minutes, hours, dayOfMonth, months, dayOfWeek, years] = fields;
  // Either the day of the month or the day of the week is given. The other is a question mark.
  const daysGiven = [dayOfMonth, dayOfWeek].filter((field) => field !== '?').length;
  if (fields.length !== 6 || daysGiven !== 1) throw refused();
  if ([minutes, hours, months, years].includes('?')) throw refused();
  if (!fields.every(isInRange)) throw refused();
  if (fields.some((field) => /(^|[\d,])[LW]|#/.test(field)))
    throw new Error(`L, W and # in a cron expression are not modelled: ${expression}`);
  return fields;
};

const cronOf = (expression: string): Cron => {
  const fields = fieldsOf(expression).map((field) => (field === '?' ? '*' : field));
  try {
    return new Cron(`0 ${fields.join(' ')}`, {
      mode: '7-part',
      timezone: 'UTC',
      alternativeWeekdays: true,
      // EventBridge accepts `5/15`: every 15 from 5 on.
      sloppyRanges: true,
    });
  } catch {
    throw refused();
  }
};

/**
 * When a rule is due next after a time (both epoch milliseconds); undefined if the schedule is never due again.
 *
 * @throws AwsError ValidationException if EventBridge refuses the schedule; Error if it is not modelled
 */
export const nextDue = (expression: string, after: number): number | undefined => {
  const periodMs = periodOf(expression);
  if (periodMs !== undefined) return after + periodMs;
  return cronOf(expression).nextRun(new Date(after))?.getTime();
};
