/** Schedules of rules: `rate(5 minutes)` and `cron(0 8 ? * MON-FRI *)`, in UTC. */
const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const rate = (expression: string): number | undefined => {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return count === undefined || Number(count) === 0 ? undefined : Number(count) * (unitMs[unit ?? ''] ?? 0);
};

interface Range {
  readonly from: number;
  readonly to: number;
  /** Counted from 1, as months and days of the week are. */
  readonly names?: readonly string[];
}

const numberOf = (text: string, { names }: Range): number => {
  const index = names?.indexOf(text.toUpperCase()) ?? -1;
  const number = index >= 0 ? index + 1 : Number(text);
  if (!Number.isInteger(number)) throw new Error(`'${text}' in a cron expression is not modelled`);
  return number;
};

/** The values that a field allows; undefined for all. */
const valuesOf = (field: string, range: Range): ReadonlySet<number> | undefined => {
  if (field === '*' || field === '?') return undefined;
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [span = '', step] = part.split('/');
    const [first = '', last] = span.split('-');
    const from = first === '*' ? range.from : numberOf(first, range);
    const to =
      last === undefined ? (step === undefined && first !== '*' ? from : range.to) : numberOf(last, range);
    if (from < range.from || to > range.to) throw new Error(`'${part}' in a cron expression is out of range`);
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(value);
  }
  return values;
};

type Cron = (time: Date) => { readonly day: boolean; readonly hour: boolean; readonly minute: boolean };

const cron = (expression: string): Cron | undefined => {
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.split(/\s+/);
  if (fields?.length !== 6) return undefined;
  const [minute = '', hour = '', date = '', month = '', weekday = '', year = ''] = fields;
  const minutes = valuesOf(minute, { from: 0, to: 59 });
  const hours = valuesOf(hour, { from: 0, to: 23 });
  const dates = valuesOf(date, { from: 1, to: 31 });
  const monthNumbers = valuesOf(month, { from: 1, to: 12, names: months });
  const weekdays = valuesOf(weekday, { from: 1, to: 7, names: days });
  const years = valuesOf(year, { from: 1970, to: 2199 });
  return (time) => ({
    day:
      (dates?.has(time.getUTCDate()) ?? true) &&
      (monthNumbers?.has(time.getUTCMonth() + 1) ?? true) &&
      (weekdays?.has(time.getUTCDay() + 1) ?? true) &&
      (years?.has(time.getUTCFullYear()) ?? true),
    hour: hours?.has(time.getUTCHours()) ?? true,
    minute: minutes?.has(time.getUTCMinutes()) ?? true,
  });
};

/** Days, then hours, then minutes, so that a yearly schedule is found in some hundred steps. */
const nextMatch = (matches: Cron, after: number): number | undefined => {
  const { minute = 0, hour = 0, day = 0 } = unitMs;
  const longest = after + 5 * 366 * day;
  let at = Math.floor(after / minute) * minute + minute;
  while (at < longest) {
    const match = matches(new Date(at));
    if (!match.day) at = Math.floor(at / day) * day + day;
    else if (!match.hour) at = Math.floor(at / hour) * hour + hour;
    else if (!match.minute) at += minute;
    else return at;
  }
  return undefined;
};

/**
 * When a rule is due next after a time (both epoch milliseconds); undefined for a schedule that never is again.
 *
 * @throws Error for an expression that cannot be read.
 */
export const nextDue = (expression: string, after: number): number | undefined => {
  const everyMs = rate(expression);
  if (everyMs !== undefined) return after + everyMs;
  const matches = cron(expression);
  if (!matches) throw new Error(`Parameter ScheduleExpression is not valid: ${expression}`);
  return nextMatch(matches, after);
};
