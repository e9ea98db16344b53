import * as fc from 'fast-check';
import { frozenBy, nextFreeze } from '../../../lib/application/freeze';
import type { FreezeSettings } from '../../../lib/application/schema';

const minute = 60_000;
const day = 1_440 * minute;
const step = 30 * minute;
const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The weeks around a change of the clock or of the date. */
const spans = [
  ['Europe/Rome', '2026-03-29'],
  ['Europe/Rome', '2026-10-25'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Africa/Casablanca', '2026-02-15'],
  ['Pacific/Apia', '2011-12-30'],
  ['Asia/Kolkata', '2026-05-01'],
] as const;

/** What the clock shows at each half hour of nine weeks, read from its text. */
const clock = (timeZone: string, around: string): { at: number; wall: number }[] => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const middle = Date.parse(around);
  return Array.from({ length: (63 * day) / step }, (_, index) => {
    const at = middle - 31 * day + index * step;
    return { at, wall: Date.parse(`${format.format(at).replace(' ', 'T')}Z`) };
  });
};
const clocks = spans.map(([timeZone, around]) => ({
  timeZone,
  middle: Date.parse(around),
  shown: clock(timeZone, around),
}));

interface Plan {
  readonly from: string;
  readonly to: string;
  /** Wall times: every pair of start and end in the weeks that are checked. */
  readonly pairs: readonly (readonly [start: number, end: number])[];
}

const time = (halfHours: number): string =>
  `${String(Math.floor(halfHours / 2)).padStart(2, '0')}:${halfHours % 2 === 0 ? '00' : '30'}`;

/** Half hours of a day, with more of those at which clocks are changed. The whole day has none. */
const halfHours = fc.oneof(fc.nat(47), fc.constantFrom(3, 4, 5, 6), fc.constantFrom(3, 5), fc.constant(null));
const weekday = fc.oneof(fc.nat(6), fc.constant(0));

const weekly = (middle: number) =>
  fc
    .tuple(weekday, halfHours, weekday, halfHours)
    .map(([a, atA, b, atB]): Plan => {
      const start = a * day + (atA ?? 0) * step;
      const end = b * day + (atB === null ? day : atB * step);
      const length = (((end - start) % (7 * day)) + 7 * day) % (7 * day);
      const sunday = middle - ((Math.floor(middle / day) + 4) % 7) * day;
      return {
        from: `${names[a] ?? ''}${atA === null ? '' : ` ${time(atA)}`}`,
        to: `${names[b] ?? ''}${atB === null ? '' : ` ${time(atB)}`}`,
        pairs: Array.from({ length: 13 }, (_, week) => sunday + (week - 6) * 7 * day + start).map(
          (from) => [from, from + length] as const,
        ),
      };
    })
    .filter(({ pairs: [pair] }) => pair !== undefined && pair[0] < pair[1]);

const dated = (middle: number) =>
  fc
    .tuple(fc.integer({ min: -4, max: 1 }), halfHours, fc.nat(4), halfHours)
    .map(([a, atA, days, atB]): Plan => {
      const [first, last] = [middle + a * day, middle + (a + days) * day];
      const text = (at: number, half: number | null) =>
        `${new Date(at).toISOString().slice(0, 10)}${half === null ? '' : ` ${time(half)}`}`;
      return {
        from: text(first, atA),
        to: text(last, atB),
        pairs: [[first + (atA ?? 0) * step, last + (atB === null ? day : atB * step)]],
      };
    })
    .filter(({ pairs: [pair] }) => pair !== undefined && pair[0] < pair[1]);

/** The frozen half hours: from the first that shows the start or later to the last that shows less than the end. */
const bruteForce = (shown: readonly { wall: number }[], plans: readonly Plan[]): boolean[] => {
  const frozen = shown.map(() => false);
  for (const [start, end] of plans.flatMap(({ pairs }) => pairs)) {
    const from = shown.findIndex(({ wall }) => wall >= start);
    const last = shown.findLastIndex(({ wall }) => wall < end);
    for (let index = Math.max(0, from); from >= 0 && index <= last; index += 1) frozen[index] = true;
  }
  return frozen;
};

const scene = fc.constantFrom(...clocks).chain((one) =>
  fc.record({
    one: fc.constant(one),
    plans: fc.array(fc.oneof(weekly(one.middle), dated(one.middle)), { minLength: 1, maxLength: 3 }),
    // Only the middle weeks, so that the beginning or end is within the known weeks.
    index: fc.oneof(
      fc.integer({ min: (22 * day) / step, max: (40 * day) / step }),
      fc.integer({ min: (30 * day) / step, max: (32 * day) / step }),
    ),
  }),
);

/** The half hours to check: each change within the middle weeks, the one just before, and one in between. */
const looks = (frozen: readonly boolean[], index: number): number[] => [
  index,
  ...frozen.flatMap((now, at) =>
    at > (24 * day) / step && at < (38 * day) / step && now !== frozen[at - 1] ? [at - 1, at] : [],
  ),
];

test('The calendar agrees with reading the clock half hour by half hour, over every change of it', () => {
  fc.assert(
    fc.property(scene, ({ one: { timeZone, shown }, plans, index }) => {
      const settings: FreezeSettings = { timeZone, windows: plans.map(({ from, to }) => ({ from, to })) };
      const frozen = bruteForce(shown, plans);
      for (const look of looks(frozen, index)) {
        const now = shown[look]?.at ?? 0;
        const found = frozenBy(settings, now);
        expect(found !== undefined).toBe(frozen[look]);
        const open = found === undefined ? look : frozen.indexOf(false, look);
        // Frozen to the end of the known weeks, so its end is unknown.
        if (open < 0) continue;
        if (found) expect(found.until).toBe(shown[open]?.at);
        const next = frozen.indexOf(true, open);
        const told = nextFreeze(settings, now)?.from;
        if (next >= 0) expect(told).toBe(shown[next]?.at);
        else expect(told ?? Infinity).toBeGreaterThan(shown.at(-1)?.at ?? 0);
      }
    }),
    { numRuns: 250, seed: 20261123 },
  );
});
