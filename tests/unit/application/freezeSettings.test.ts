import { InvalidSettings } from '../../../lib/application/problems';
import { parseSettings } from '../../../lib/application/parse';

const settings = (...freeze: readonly string[]): string =>
  [
    'applications:',
    '  api:',
    '    group: api',
    '    provisioning: { source: { s3: s3://acme/api.tar.gz } }',
    '    freeze:',
    ...freeze.map((line) => `      ${line}`),
  ].join('\n');

const problemsOf = (text: string): string[] => {
  try {
    parseSettings(text, 'forseti.yml');
  } catch (error) {
    if (error instanceof InvalidSettings)
      return error.problems.map(({ line, path, message }) => `${String(line)} ${path.slice(17)} ${message}`);
    throw error;
  }
  return [];
};

test('Nothing is frozen unless the settings say so, and hours are UTC', () => {
  const text = settings().replace(/\n {4}freeze:$/, '');
  expect(parseSettings(text, 'forseti.yml').applications.api?.freeze).toEqual({
    timeZone: 'UTC',
    windows: [],
  });
});

test('All that is wrong with zone and windows is reported together, each with its line', () => {
  const form =
    'expected a weekday or a date, with a time or without: "fri 16:00", "sat", "2026-12-20", "2026-12-20 18:00"';
  expect(
    problemsOf(
      settings(
        'timeZone: Europe/Roma',
        'windows:',
        '  - { from: friday, to: mon 8:00 }',
        '  - { from: 2026-02-30, to: 2026-13-01 }',
        '  - { from: fri 24:00, until: mon }',
      ),
    ),
  ).toEqual([
    '6 freeze.timeZone is "Europe/Roma"; expected an IANA time zone, such as "Europe/Rome" or "UTC"',
    `8 freeze.windows[0].from is "friday"; ${form}`,
    `8 freeze.windows[0].to is "mon 8:00"; ${form}`,
    '9 freeze.windows[1].from is "2026-02-30"; no calendar has that date',
    '9 freeze.windows[1].to is "2026-13-01"; no calendar has that date',
    expect.stringContaining('10 freeze.windows[2].to is missing'),
    `10 freeze.windows[2].from is "fri 24:00"; ${form}`,
    expect.stringContaining('10 freeze.windows[2].until unknown key'),
  ]);
});

test('Ends that do not fit together are reported together too', () => {
  expect(
    problemsOf(
      settings(
        'windows:',
        '  - { from: fri 16:00, to: 2026-12-20 }',
        '  - { from: 2026-12-20, to: 2026-12-19 }',
        '  - { from: 2026-12-20 10:00, to: 2026-12-20 10:00 }',
        '  - { from: fri 16:00, to: fri 16:00 }',
        '  - { from: fri, to: fri }',
        '  - { from: 2026-12-20, to: 2026-12-20 }',
        '  - { from: sun, to: sat }',
      ),
    ),
  ).toEqual([
    '7 freeze.windows[0].to is "2026-12-20", "from" is "fri 16:00"; expected two weekdays or two dates',
    '8 freeze.windows[1].to is "2026-12-19", not after "from" ("2026-12-20")',
    '9 freeze.windows[2].to is "2026-12-20 10:00", not after "from" ("2026-12-20 10:00")',
    '10 freeze.windows[3].to is "fri 16:00", and ends where "from" ("fri 16:00") begins; expected another time of the week',
    '13 freeze.windows[6].to is "sat", and ends where "from" ("sun") begins; expected another time of the week',
  ]);
});

test.each(['+01:00', 'CET/Berlin', '', 'local'])('%j is no time zone with a calendar of its own', (zone) => {
  expect(problemsOf(settings(`timeZone: "${zone}"`))).toEqual([
    expect.stringContaining('expected an IANA time zone'),
  ]);
});

test.each(['Europe/Rome', 'UTC', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata'])(
  '%s is a time zone',
  (zone) => {
    expect(problemsOf(settings(`timeZone: ${zone}`))).toEqual([]);
  },
);
