import { parseDuration, showAgo, showDuration } from '../../../cli/terminal/duration';

test.each([
  ['90s', 90_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1h30m', 5_400_000],
  ['1.5d', 129_600_000],
  ['0s', 0],
  ['10', undefined],
  ['m', undefined],
  ['-5m', undefined],
  ['10 m', undefined],
  ['', undefined],
])('The duration %j is %j ms', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each([
  [0, '0.0 s'],
  [412, '0.4 s'],
  [9_949, '9.9 s'],
  [9_951, '10 s'],
  [42_000, '42 s'],
  [59_600, '1 min 00 s'],
  [372_000, '6 min 12 s'],
  [3_840_000, '1 h 04 min'],
  [183_600_000, '2 d 3 h'],
])('%d ms are shown as %s', (ms, expected) => {
  expect(showDuration(ms)).toBe(expected);
});

test.each([
  [20_000, 'just now'],
  [720_000, '12 min ago'],
  [3 * 3_600_000, '3 h ago'],
  [72 * 3_600_000, '3 d ago'],
])('%d ms ago is shown as %s', (ms, expected) => {
  expect(showAgo(ms)).toBe(expected);
});
