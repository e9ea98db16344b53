import { describeWindow, frozenBy, nextFreeze } from '../../../lib/application/freeze';
import { applicationSchema, type FreezeSettings } from '../../../lib/application/schema';

const freeze = (
  timeZone: string,
  ...windows: readonly (readonly [from: string, to: string])[]
): FreezeSettings =>
  applicationSchema.parse({
    group: 'web',
    provisioning: { source: { s3: 's3://playbooks/web.tar.gz' } },
    freeze: { timeZone, windows: windows.map(([from, to]) => ({ from, to })) },
  }).freeze;
const at = (text: string): number => Date.parse(text);
const iso = (instant: number | undefined) =>
  instant === undefined ? undefined : new Date(instant).toISOString().replace(':00.000Z', 'Z');

const weekend = freeze('Europe/Rome', ['fri 16:00', 'mon 08:00']);
const christmas = freeze('Europe/Rome', ['2026-12-20', '2027-01-06']);

describe('Whether a time is frozen, and until when', () => {
  test.each<[string, FreezeSettings, string, string | undefined]>([
    ['before the weekend', weekend, '2026-11-20T14:59:59.999Z', undefined],
    ['as the weekend begins', weekend, '2026-11-20T15:00:00Z', '2026-11-23T07:00Z'],
    ['on Sunday', weekend, '2026-11-22T08:00:00Z', '2026-11-23T07:00Z'],
    ['just before it ends', weekend, '2026-11-23T06:59:59.999Z', '2026-11-23T07:00Z'],
    ['as it ends', weekend, '2026-11-23T07:00:00Z', undefined],
    ['in summer, an hour earlier by UTC', weekend, '2026-07-17T14:00:00Z', '2026-07-20T06:00Z'],
    ['over the change to winter time', weekend, '2026-10-24T12:00:00Z', '2026-10-26T07:00Z'],
    ['over the change to summer time', weekend, '2026-03-28T12:00:00Z', '2026-03-30T06:00Z'],
    ['before the first day', christmas, '2026-12-19T22:59:59Z', undefined],
    ['on the first day, from its midnight', christmas, '2026-12-19T23:00:00Z', '2027-01-06T23:00Z'],
    ['on the last day, to its midnight', christmas, '2027-01-06T22:59:59Z', '2027-01-06T23:00Z'],
    ['after the last day', christmas, '2027-01-06T23:00:00Z', undefined],
    ['on days without times', freeze('UTC', ['sat', 'sun']), '2026-11-21T00:00:00Z', '2026-11-23T00:00Z'],
    ['on one day', freeze('UTC', ['fri', 'fri']), '2026-11-20T12:00:00Z', '2026-11-21T00:00Z'],
    ['on a day without a window', freeze('UTC', ['fri', 'fri']), '2026-11-21T12:00:00Z', undefined],
    ['on one date', freeze('UTC', ['2026-11-27', '2026-11-27']), '2026-11-27T23:59:00Z', '2026-11-28T00:00Z'],
    [
      'through a week that ends before it begins',
      freeze('UTC', ['wed 10:00', 'wed 09:00']),
      '2026-11-25T08:59:00Z',
      '2026-11-25T09:00Z',
    ],
    [
      'in a zone far east',
      freeze('Pacific/Apia', ['sat', 'sat']),
      '2026-11-20T11:00:00Z',
      '2026-11-21T11:00Z',
    ],
    [
      'in a zone of half hours',
      freeze('Asia/Kolkata', ['sat', 'sat']),
      '2026-11-20T18:30:00Z',
      '2026-11-21T18:30Z',
    ],
    ['without windows', freeze('UTC'), '2026-11-20T18:30:00Z', undefined],
  ])('The end of the freeze is found %s', (_, settings, now, until) => {
    expect(iso(frozenBy(settings, at(now))?.until)).toBe(until);
  });
});

describe('The clock of Rome is put back (2026-10-25, 03:00 to 02:00) or forward (2026-03-29, 02:00 to 03:00)', () => {
  test.each<[string, [string, string], string, string | undefined]>([
    [
      'the end comes the second time that it is shown',
      ['sun 01:00', 'sun 02:30'],
      '2026-10-25T00:45:00Z',
      '2026-10-25T01:30Z',
    ],
    [
      'the start comes the first time that it is shown',
      ['sun 02:30', 'sun 04:00'],
      '2026-10-25T00:30:00Z',
      '2026-10-25T03:00Z',
    ],
    ['it holds between the two', ['sun 02:30', 'sun 04:00'], '2026-10-25T01:15:00Z', '2026-10-25T03:00Z'],
    [
      'a start that is left out comes with the jump',
      ['sun 02:30', 'sun 04:00'],
      '2026-03-29T01:00:00Z',
      '2026-03-29T02:00Z',
    ],
    [
      'an end that is left out comes with the jump',
      ['sun 01:00', 'sun 02:30'],
      '2026-03-29T00:59:00Z',
      '2026-03-29T01:00Z',
    ],
    ['and not after', ['sun 01:00', 'sun 02:30'], '2026-03-29T01:00:00Z', undefined],
    [
      'a window within what is left out is none',
      ['sun 02:10', 'sun 02:50'],
      '2026-03-29T01:00:00Z',
      undefined,
    ],
  ])('A window holds around the change: %s', (_, window, now, until) => {
    expect(iso(frozenBy(freeze('Europe/Rome', window), at(now))?.until)).toBe(until);
  });
});

describe('Windows that overlap or touch', () => {
  const both = freeze('Europe/Rome', ['fri 16:00', 'mon 08:00'], ['2026-12-20', '2027-01-06']);

  test('Windows that touch are one freeze, which ends with the last and is described by the one that holds now', () => {
    const frozen = frozenBy(both, at('2026-12-18T20:00:00Z'));
    expect(frozen?.window.from).toBe('fri 16:00');
    expect(iso(frozen?.until)).toBe('2027-01-06T23:00Z');
  });

  test('If two windows hold, the one that ends last describes the freeze', () => {
    expect(frozenBy(both, at('2026-12-20T20:00:00Z'))?.window.from).toBe('2026-12-20');
  });

  test('Windows that leave no time free end some day more than a year ahead', () => {
    const always = freeze('UTC', ['sun', 'wed'], ['thu', 'sat']);
    const now = at('2026-11-22T08:00:00Z');
    const days = ((frozenBy(always, now)?.until ?? 0) - now) / 86_400_000;
    expect(days).toBeGreaterThan(365);
    expect(days).toBeLessThan(380);
  });
});

describe('The next freeze', () => {
  test.each<[string, FreezeSettings, string, string | undefined]>([
    ['this Friday', weekend, '2026-11-18T08:00:00Z', '2026-11-20T15:00Z'],
    ['after the freeze of now', weekend, '2026-11-22T08:00:00Z', '2026-11-27T15:00Z'],
    ['as it begins, the one after', weekend, '2026-11-20T15:00:00Z', '2026-11-27T15:00Z'],
    ['on a date', christmas, '2026-01-01T00:00:00Z', '2026-12-19T23:00Z'],
    ['never again', christmas, '2027-01-07T00:00:00Z', undefined],
    ['without windows', freeze('UTC'), '2027-01-07T00:00:00Z', undefined],
  ])('The next freeze is found: %s', (_, settings, now, from) => {
    expect(iso(nextFreeze(settings, at(now))?.from)).toBe(from);
  });
});

test('A window is described in its zone and with its reason', () => {
  const settings = { timeZone: 'Europe/Rome', windows: [] };
  expect(describeWindow(settings, { from: 'fri 16:00', to: 'mon 08:00', reason: 'weekend' })).toBe(
    'fri 16:00 to mon 08:00 (Europe/Rome), "weekend"',
  );
});
