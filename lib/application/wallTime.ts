/**
 * Times as a wall clock in a time zone shows them, stored as if they were UTC: epoch milliseconds of the same digits.
 * So adding days and weeks is plain arithmetic, and only the conversion to an instant has to handle summer time.
 */
export type WallTime = number;

export const minuteMs = 60_000;
export const dayMs = 86_400_000;

/** Making a format costs more than using it a hundred times. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a zone that Intl does not know. */
const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
};

/**
 * Whether `name` is an IANA time zone that this runtime knows. Offsets such as `+01:00` are refused: they have no
 * summer time.
 */
export const isTimeZone = (name: string): boolean => {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
};

/** What the clock shows at an instant (epoch ms). */
export const wallTimeAt = (timeZone: string, at: number): WallTime => {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000);
};

/**
 * The instants at which the clock shows `wall`: usually one, two where it is put back, none where it is put forward
 * over that time. The day before and the day after give the two possible offsets, since no zone changes twice within
 * two days.
 */
const instantsOf = (timeZone: string, wall: WallTime): number[] => {
  const offsets = [wall - dayMs, wall + dayMs].map((at) => wallTimeAt(timeZone, at) - at);
  return [...new Set(offsets.map((offset) => wall - offset))]
    .filter((at) => wallTimeAt(timeZone, at) === wall)
    .sort((a, b) => a - b);
};

/** The instant at which the clock jumps over `wall`. */
const jumpOver = (timeZone: string, wall: WallTime): number => {
  let before = wall - 2 * dayMs;
  let after = wall + 2 * dayMs;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (wallTimeAt(timeZone, middle) < wall) before = middle;
    else after = middle;
  }
  return after;
};

/** The first instant at which the clock shows `wall` or later. */
export const firstAt = (timeZone: string, wall: WallTime): number =>
  instantsOf(timeZone, wall)[0] ?? jumpOver(timeZone, wall);

/** The instant from which the clock shows nothing before `wall` any more. Where the clock is put back, the second time. */
export const lastBefore = (timeZone: string, wall: WallTime): number => {
  const [first = jumpOver(timeZone, wall), second] = instantsOf(timeZone, wall);
  // If `wall` is just the start of the repeated hour, the clock shows nothing earlier between its two times: the first
  // counts.
  return second === undefined || wallTimeAt(timeZone, second - 1) >= wall ? first : second;
};
