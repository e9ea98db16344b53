import { parseInstant, parsePast } from '../../../cli/terminal/instant';

const now = new Date(2026, 10, 22, 9, 30).getTime();
const local = (year: number, month: number, day: number, hour = 0, minute = 0): number =>
  new Date(year, month - 1, day, hour, minute).getTime();

test.each([
  ['18:00', local(2026, 11, 22, 18)],
  ['09:30', local(2026, 11, 23, 9, 30)],
  ['08:00', local(2026, 11, 23, 8)],
  ['2026-12-24', local(2026, 12, 24)],
  ['2026-12-24 18:05', local(2026, 12, 24, 18, 5)],
  ['2026-12-24T18:05', local(2026, 12, 24, 18, 5)],
  ['2026-12-24T18:05Z', Date.UTC(2026, 11, 24, 18, 5)],
  ['2026-12-24T18:05:30+02:00', Date.UTC(2026, 11, 24, 16, 5, 30)],
])('The text %s is a time', (text, expected) => {
  expect(parseInstant(text, now)).toBe(expected);
});

test.each(['', 'tomorrow', '24:00', '7:00', '2026-02-30', '2026-13-01', '2026-12-24 25:00', '24.12.2026'])(
  'The text "%s" is no time',
  (text) => {
    expect(parseInstant(text, now)).toBeUndefined();
  },
);

test.each([
  ['30d', now - 30 * 86_400_000],
  ['12h', now - 12 * 3_600_000],
  ['2026-11-01', local(2026, 11, 1)],
])('The text %s is a time in the past', (text, expected) => {
  expect(parsePast(text, now)).toBe(expected);
});

test.each(['soon', '18:00', '2026-12-24', '99999d'])('The text "%s" is no time in the past', (text) => {
  expect(parsePast(text, now)).toBeUndefined();
});
