import { endOfFreeze, whose } from '../../../cli/commands/freeze';

const now = Date.UTC(2026, 10, 22, 8);

test.each([
  ['api', undefined, 'api'],
  [undefined, true, '*'],
])('The name %s with --all %s freezes %s', (application, all, expected) => {
  expect(whose(application, all)).toBe(expected);
});

test.each([
  ['api', true],
  [undefined, undefined],
])('The name %s with --all %s is ambiguous', (application, all) => {
  expect(() => whose(application, all)).toThrow('Name one application, or give --all.');
});

test.each([
  [{ for: 4 * 3_600_000 }, now + 4 * 3_600_000],
  [{ until: '2026-11-22T18:00Z' }, Date.UTC(2026, 10, 22, 18)],
  [{}, undefined],
])('The freeze %j ends at %s', (options, expected) => {
  expect(endOfFreeze(options, now)).toBe(expected);
});

test('A freeze that would be over already is refused with its time', () => {
  expect(() => endOfFreeze({ until: '2026-11-22T07:59Z' }, now)).toThrow(
    '--until 2026-11-22T07:59Z is over already: it is 2026-11-22T08:00Z now.',
  );
});
