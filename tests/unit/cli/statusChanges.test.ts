import type { Status } from '../../../cli/queries/status';
import { statusChanges } from '../../../cli/views/statusChanges';
import { styleOf } from '../../../cli/terminal/style';

const now = Date.UTC(2026, 10, 22, 9);
const plain = styleOf(false);
const status: Status = {
  application: 'api',
  settingsVersion: 3,
  group: 'api',
  desired: 1,
  min: 1,
  max: 6,
  suspended: [],
  instances: [
    { id: 'i-1', zone: 'a', lifecycle: 'InService', target: 'healthy', version: 'v1', protected: false },
  ],
  activities: [],
  waiting: [],
  frozen: [],
  alarms: [{ name: 'errors', state: 'OK', gates: true }],
  releases: [],
  deployment: {
    deployment: 'api-v2-1',
    kind: 'deployment',
    version: 'v2',
    acceptedAt: now - 60_000,
    step: 'Provision',
    progress: '1 of 4 instances',
  },
};
const changes = (before: Status | undefined, after: Status, at = now) =>
  statusChanges(before, after, at, plain);

test('A log shows everything at first, except the single instances', () => {
  expect(changes(undefined, status)).toEqual([
    '2026-11-22T09:00:00Z  deployment api-v2-1  v2  Provision, 1 of 4 instances  for 1 min 00 s',
    '2026-11-22T09:00:00Z  group  1 in service, 1 desired (1 to 6)',
    '2026-11-22T09:00:00Z  versions  v1 on 1 of 1',
    '2026-11-22T09:00:00Z  suspended  nothing',
    '2026-11-22T09:00:00Z  frozen  no',
    '2026-11-22T09:00:00Z  alarm errors  OK',
  ]);
});

test('A log shows nothing while only the time changes', () => {
  expect(changes(status, status, now + 5_000)).toEqual([]);
});

test('A log shows each change on a line: the step, an alarm, an instance that comes or goes', () => {
  const after: Status = {
    ...status,
    deployment: { ...(status.deployment as NonNullable<Status['deployment']>), step: 'TakeOut' },
    alarms: [{ name: 'errors', state: 'ALARM', gates: true }],
    instances: [{ id: 'i-2', zone: 'a', lifecycle: 'InService', version: 'v1', protected: false }],
  };
  expect(changes(status, after).map((line) => line.slice(22))).toEqual([
    'deployment api-v2-1  v2  TakeOut, 1 of 4 instances  for 1 min 00 s',
    'alarm errors  ALARM',
    'instance i-2  InService v1',
    'instance i-1  gone',
  ]);
});
