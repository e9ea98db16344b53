/** Recurrence of scheduled actions: cron's five fields, in UTC. */

const ranges: readonly (readonly [number, number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
];

const names = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const valueOf = (text: string): number => {
  const upper = text.toUpperCase();
  if (names.includes(upper)) return names.indexOf(upper) + 1;
  return days.includes(upper) ? days.indexOf(upper) : Number(text);
};

const partOf = (part: string, [least, most]: readonly [number, number]): number[] => {
  const [span = '*', every = '1'] = part.split('/');
  const [from, to] = span === '*' ? [least, most] : span.split('-').map(valueOf);
  const last = to ?? (part.includes('/') ? most : from);
  if (from === undefined || last === undefined || ![from, last, Number(every)].every(Number.isInteger))
    return [NaN];
  if (from < least || last > most || Number(every) < 1) return [NaN];
  const values: number[] = [];
  for (let value = from; value <= last; value += Number(every)) values.push(value);
  return values;
};

/** The allowed values of each field; undefined where the expression is malformed. */
const parse = (expression: string): ReadonlySet<number>[] | undefined => {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== ranges.length) return undefined;
  const sets = ranges.map(
    (range, index) => new Set((fields[index] ?? '').split(',').flatMap((part) => partOf(part, range))),
  );
  // Both 0 and 7 are Sunday.
  if (sets[4]?.has(7)) sets[4].add(0);
  return sets.some((set) => set.has(NaN)) ? undefined : sets;
};

export const isRecurrence = (expression: string): boolean => parse(expression) !== undefined;

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * The first time after `after` (both epoch milliseconds) at which the recurrence falls due, within four years.
 * Where both days are restricted, either will do, as in cron.
 */
export const nextOccurrence = (expression: string, after: number): number | undefined => {
  const [minutes, hours, monthDays, months, weekDays] = parse(expression) ?? [];
  if (!minutes || !hours || !monthDays || !months || !weekDays) return undefined;
  const fields = expression.trim().split(/\s+/);
  const either = fields[2] !== '*' && fields[4] !== '*';
  const fits = (date: Date): boolean => {
    const [month, week] = [monthDays.has(date.getUTCDate()), weekDays.has(date.getUTCDay())];
    return months.has(date.getUTCMonth() + 1) && (either ? month || week : month && week);
  };
  const first = Math.floor(after / minuteMs) * minuteMs + minuteMs;
  for (let day = Math.floor(first / dayMs) * dayMs; day < first + 1461 * dayMs; day += dayMs) {
    if (!fits(new Date(day))) continue;
    for (const hour of [...hours].sort((a, b) => a - b)) {
      for (const minute of [...minutes].sort((a, b) => a - b)) {
        const at = day + (hour * 60 + minute) * minuteMs;
        if (at >= first) return at;
      }
    }
  }
  return undefined;
};
