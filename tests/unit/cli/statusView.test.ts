import type { Status } from '../../../cli/status';
import { statusPlain, statusTree, versionsText } from '../../../cli/statusView';
import { styleOf } from '../../../cli/style';

const now = Date.UTC(2026, 10, 22, 9);
const status: Status = {
  application: 'api',
  settingsVersion: 3,
  group: 'api',
  desired: 2,
  min: 1,
  max: 6,
  suspended: ['AZRebalance'],
  launchTemplate: 'api version 4',
  instances: [
    { id: 'i-0b', zone: 'eu-west-1b', lifecycle: 'Standby', version: 'v2', protected: true },
    {
      id: 'i-0a',
      zone: 'eu-west-1a',
      lifecycle: 'InService',
      target: 'healthy',
      version: 'v2',
      protected: false,
    },
  ],
  activities: [
    { at: now - 120_000, status: 'Successful', description: 'Moving EC2 instance to Standby: i-0b' },
  ],
  deployment: {
    deployment: 'api-v2-1',
    version: 'v2',
    acceptedAt: now - 400_000,
    step: 'BakeImage',
    progress: 'ami-1 pending',
  },
};

test('The tree shows versions, deployment, group, instances and activities.', () => {
  expect(statusTree(status, now, styleOf(false))).toEqual([
    'api  v2 on 2 of 2',
    '├─ deployment  v2  BakeImage, ami-1 pending  for 6 min 40 s',
    '├─ group  api',
    '│  ├─ 1 in service, 2 desired (1 to 6)',
    '│  ├─ eu-west-1a 1, eu-west-1b 1',
    '│  ├─ launch template api version 4',
    '│  └─ suspended: AZRebalance',
    '├─ instances  2',
    '│  ├─ i-0a  eu-west-1a  InService  healthy  v2',
    '│  └─ i-0b  eu-west-1b  Standby             v2  protected',
    '└─ latest activities',
    '   └─ 2 min ago: Moving EC2 instance to Standby: i-0b',
  ]);
});

test('An ended deployment shows its outcome and how long it took.', () => {
  const deployment = {
    deployment: 'd',
    version: 'v2',
    acceptedAt: now - 3_600_000,
    closedAt: now - 1_200_000,
    outcome: 'Deployed',
  };
  expect(statusTree({ ...status, deployment }, now, styleOf(false))[1]).toBe(
    '├─ deployment  v2  Deployed  20 min ago, took 40 min 00 s',
  );
});

test('A line a field apart by tabs serves scripts.', () => {
  expect(statusPlain(status)).toEqual([
    'api\ti-0b\teu-west-1b\tStandby\t-\tv2',
    'api\ti-0a\teu-west-1a\tInService\thealthy\tv2',
  ]);
});

test.each([
  [[], 'no instances'],
  [['v1', 'v1', 'v2'], 'v1 on 2, v2 on 1 of 3'],
  [[undefined], 'no version on 1 of 1'],
])('Versions %j read as %j.', (versions, expected) => {
  const instances = versions.map((version) => ({
    id: 'i',
    zone: '',
    lifecycle: '',
    protected: false,
    ...(version !== undefined && { version }),
  }));
  expect(versionsText(instances)).toBe(expected);
});
