import { type ApplicationSettings, applicationSchema } from '../../../lib/application/schema';
import { nextHours, replacementFor } from '../../../lib/replacement/hours';

const settings = (more: object = {}): ApplicationSettings['maintenance'] =>
  applicationSchema.parse({
    group: 'api',
    provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' } },
    maintenance: { replace: true, ...more },
  }).maintenance;

const hoursAt = (now: string, more: object = {}): [string, string] => {
  const { from, until } = nextHours(settings(more), Date.parse(now));
  return [new Date(from).toISOString().slice(0, 16), new Date(until).toISOString().slice(0, 16)];
};

// 2026-11-23 is a Monday.
test.each([
  ['before the hours of the day', '2026-11-23T00:00Z', {}, ['2026-11-23T02:00', '2026-11-23T05:00']],
  ['within them, from now on', '2026-11-23T03:10Z', {}, ['2026-11-23T03:10', '2026-11-23T05:00']],
  ['too late within them: the next day', '2026-11-23T04:50Z', {}, ['2026-11-24T02:00', '2026-11-24T05:00']],
  ['after them', '2026-11-23T15:00Z', {}, ['2026-11-24T02:00', '2026-11-24T05:00']],
  [
    'in the wall time of the zone',
    '2026-11-23T15:00Z',
    { timeZone: 'Europe/Rome' },
    ['2026-11-24T01:00', '2026-11-24T04:00'],
  ],
  [
    'past midnight, of the day on which they began',
    '2026-11-24T00:30Z',
    { hours: { from: '23:00', to: '01:00' }, days: ['mon'] },
    ['2026-11-24T00:30', '2026-11-24T01:00'],
  ],
  [
    'on the days that the settings name',
    '2026-11-23T15:00Z',
    { days: ['sun'] },
    ['2026-11-29T02:00', '2026-11-29T05:00'],
  ],
  [
    'not in an hour that summer time leaves out',
    '2027-03-27T12:00Z',
    { timeZone: 'Europe/Rome', hours: { from: '02:00', to: '03:00' } },
    ['2027-03-29T00:00', '2027-03-29T01:00'],
  ],
] as const)('The next hours of maintenance: %s', (_, now, more, expected) => {
  expect(hoursAt(now, more)).toEqual(expected);
});

test('Hours that are too short for a replacement, of no time and of no day are refused', () => {
  for (const more of [
    { hours: { from: '02:00', to: '02:20' } },
    { hours: { from: '2', to: '05:00' } },
    { days: [] },
    { timeZone: 'Mars/Olympus' },
  ])
    expect(() => settings(more)).toThrow();
});

const now = Date.parse('2026-11-23T15:00Z');

test('An instance is replaced in the next hours, unless EC2 may come before them or the settings do not ask for it', () => {
  expect(replacementFor(settings({ replace: false }), {}, now)).toBeUndefined();
  const hours = { from: Date.parse('2026-11-24T02:00Z'), until: Date.parse('2026-11-24T05:00Z') };
  expect(replacementFor(settings(), {}, now)).toEqual(hours);
  expect(replacementFor(settings(), { notBefore: hours.from + 3_600_000 }, now)).toEqual(hours);
  expect(replacementFor(settings(), { notBefore: hours.from + 60_000 }, now)).toEqual({
    why: 'EC2 may come before the next hours of maintenance (02:00 to 05:00 UTC)',
  });
});
