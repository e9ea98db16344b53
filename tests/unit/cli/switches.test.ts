import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPage } from '../../../cli/commands/maintenance';
import { prewarmTask, prewarmTimes } from '../../../cli/commands/prewarm';
import { switchRows } from '../../../cli/views/switchesView';
import { styleOf } from '../../../cli/terminal/style';
import type { AnySwitch } from '../../../lib/switches/kinds';

const now = Date.UTC(2026, 10, 22, 8);
const plan = { capacity: 50, at: '2026-12-01T08:30Z', until: '2026-12-01T14:00Z', format: 'tree' } as const;

test.each([
  [{ format: 'tree' }, 'show'],
  [{ format: 'tree', cancel: true }, 'cancel'],
  [plan, 'plan'],
  [{ ...plan, lcu: 0, force: true }, 'plan'],
] as const)('The options %j ask to %s', (options, task) => {
  expect(prewarmTask(options)).toBe(task);
});

test.each([
  [{ format: 'tree', capacity: 50 }, /give --at and --until too, for example: forseti prewarm api/],
  [{ format: 'tree', reason: 'x' }, /give --capacity and --at and --until too/],
  [{ ...plan, cancel: true }, /--cancel goes with no option of a plan/],
] as const)('The options %j are refused', (options, message) => {
  expect(() => prewarmTask(options)).toThrow(message);
});

test('An end without a date is the next one after the beginning', () => {
  const times = prewarmTimes({ at: '2026-12-01T22:00Z', until: '2026-12-02T02:00Z' }, now);
  expect(times).toEqual({ at: '2026-12-01T22:00:00.000Z', until: '2026-12-02T02:00:00.000Z' });
  const { at, until } = prewarmTimes({ at: '2026-12-01T22:00Z', until: '06:00' }, now);
  expect(Date.parse(until) - Date.parse(at)).toBeGreaterThan(0);
  expect(Date.parse(until) - Date.parse(at)).toBeLessThanOrEqual(24 * 3_600_000);
});

test('A page is read; a missing or empty one is refused', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'page-')), 'page.html');
  writeFileSync(file, '<h1>soon</h1>');
  expect(readPage(file)).toBe('<h1>soon</h1>');
  writeFileSync(file, ' \n');
  expect(() => readPage(file)).toThrow(/is empty; expected a page in HTML/);
  expect(() => readPage(`${file}x`)).toThrow(/There is no file/);
});

const item = (more: Partial<AnySwitch>): AnySwitch => ({
  application: 'api',
  switch: 'x',
  kind: 'access',
  by: 'ada',
  at: now - 600_000,
  until: now + 600_000,
  made: { port: 22, cidr: '203.0.113.7/32', securityGroup: 'sg-1' },
  ...more,
});

test.each<[Partial<AnySwitch>, readonly string[]]>([
  [{}, ['on', 'port 22 for 203.0.113.7/32 in sg-1', 'until 2026-11-22 08:10Z', 'by ada 10 min ago']],
  [
    { until: now - 120_000 },
    ['overdue', 'port 22 for 203.0.113.7/32 in sg-1', 'until 2026-11-22 07:58Z', 'by ada 10 min ago'],
  ],
  [
    {
      kind: 'maintenance',
      made: { listeners: [], targetGroupNames: [] },
      offAt: now,
      offBy: 'bob',
      reason: 'move',
      note: 'gone',
    },
    [
      'off',
      'page with Retry-After',
      'off since 2026-11-22 08:00Z, by bob',
      'by ada 10 min ago: move',
      'gone',
    ],
  ],
  [
    {
      kind: 'prewarm',
      made: {
        group: 'api',
        capacity: 50,
        startsAt: now,
        endsAt: now + 3_600_000,
        formerMinimum: 2,
        units: 0,
      },
    },
    ['on', '50 instances from 2026-11-22 08:00Z', 'until 2026-11-22 09:00Z', 'by ada 10 min ago'],
  ],
])('A switch with %j is shown as %j', (more, row) => {
  expect(switchRows([item(more)], now, styleOf(false))).toEqual([row]);
});
