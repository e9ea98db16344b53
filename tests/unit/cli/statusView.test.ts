import type { Status } from '../../../cli/queries/status';
import { statusPlain, statusTree, versionsText } from '../../../cli/views/statusView';
import { styleOf } from '../../../cli/terminal/style';

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
  waiting: [],
  frozen: [],
  alarms: [],
  releases: [],
  deployment: {
    deployment: 'api-v2-1',
    kind: 'deployment',
    version: 'v2',
    acceptedAt: now - 400_000,
    step: 'BakeImage',
    progress: 'ami-1 pending',
  },
};

test('The tree shows versions, deployment, group, instances and activities', () => {
  expect(statusTree(status, now, styleOf(false))).toEqual([
    'api  v2 on 2 of 2',
    '├─ deployment  v2  BakeImage, ami-1 pending  for 6 min 40 s',
    '│  └─ api-v2-1',
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

test('An ended deployment shows its outcome and how long it took', () => {
  const deployment = {
    deployment: 'd',
    kind: 'deployment' as const,
    version: 'v2',
    acceptedAt: now - 3_600_000,
    closedAt: now - 1_200_000,
    outcome: 'Deployed',
  };
  expect(statusTree({ ...status, deployment }, now, styleOf(false))[1]).toBe(
    '├─ deployment  v2  Deployed  20 min ago, took 40 min 00 s',
  );
});

test('The plain format has one instance a line, with tabs between the fields', () => {
  expect(statusPlain(status)).toEqual([
    'api\ti-0b\teu-west-1b\tStandby\t-\tv2',
    'api\ti-0a\teu-west-1a\tInService\thealthy\tv2',
  ]);
});

test.each([
  [[], 'no instances'],
  [['v1', 'v1', 'v2'], 'v1 on 2, v2 on 1 of 3'],
  [[undefined], 'no version on 1 of 1'],
])('Versions %j read as %j', (versions, expected) => {
  const instances = versions.map((version) => ({
    id: 'i',
    zone: '',
    lifecycle: '',
    protected: false,
    ...(version !== undefined && { version }),
  }));
  expect(versionsText(instances)).toBe(expected);
});

test('Versions say how many instances are still Pending, since those serve nothing yet', () => {
  const member = { id: 'i', zone: '', protected: false, version: 'v2' };
  const pending = ['Pending', 'Pending:Wait'].map((lifecycle) => ({ ...member, lifecycle }));
  expect(versionsText([{ ...member, lifecycle: 'InService' }, ...pending])).toBe(
    'v2 on 3 of 3, 2 still Pending',
  );
});

test('Versions leave out instances that are being terminated', () => {
  const member = { id: 'i', zone: '', protected: false, lifecycle: 'InService', version: 'v1' };
  const leaving = ['Terminating', 'Terminating:Wait', 'Terminated'].map((lifecycle) => ({
    ...member,
    lifecycle,
    version: 'v2',
  }));
  expect(versionsText([...leaving, member])).toBe('v1 on 1 of 1');
});

const treeOf = (more: Partial<Status>): string[] => {
  const tree = statusTree({ ...status, ...more }, now, styleOf(false));
  return tree.slice(
    1,
    tree.findIndex((line) => line.includes(' group  ')),
  );
};

test('An automatic rollback shows its alarm, and that it was the only one until a person acts', () => {
  expect(
    treeOf({
      deployment: {
        deployment: 'api-rollback-1',
        kind: 'rollback',
        version: 'v1',
        acceptedAt: now - 600_000,
        closedAt: now - 300_000,
        outcome: 'RolledBack',
        alarm: 'api-errors',
      },
      rolledBack: { deployment: 'api-rollback-1', at: now - 600_000, automatic: true },
      releases: [
        {
          version: 'v2',
          id: 'v2@1f0c2e',
          name: 'v2',
          state: 'bad',
          deployment: 'api-v2-1',
          madeAt: now - 3_900_000,
          markedAt: now - 3_600_000,
          markedBy: `alarm api-errors ${new Date(now - 600_000).toISOString()}`,
        },
        {
          version: 'v1',
          id: 'v1@0a9b3c',
          name: 'v1',
          state: 'good',
          deployment: 'api-v1-1',
          madeAt: now - 7_500_000,
          markedAt: now - 7_200_000,
          markedBy: 'api-v1-1',
        },
      ],
    }),
  ).toEqual([
    '├─ deployment  rollback to v1  RolledBack as asked  5 min ago, took 5 min 00 s',
    '│  └─ api-rollback-1, by alarm api-errors',
    '├─ automatic rollback  api-rollback-1 10 min ago; no other comes by itself until somebody deploys or rolls back',
    '├─ releases',
    '│  ├─ v2  bad   1 h ago, marked 10 min ago by alarm api-errors',
    '│  └─ v1  good  2 h ago',
  ]);
});

test('A rollback that a person asked for holds nothing back, and is no branch of its own', () => {
  expect(treeOf({ rolledBack: { deployment: 'api-rollback-1', at: now, automatic: false } })).toEqual([
    '├─ deployment  v2  BakeImage, ami-1 pending  for 6 min 40 s',
    '│  └─ api-v2-1',
  ]);
});

test('A switch that is on shows until when, and who turned it on', () => {
  expect(
    treeOf({
      switches: [
        {
          application: 'api',
          switch: 'access:22',
          kind: 'access',
          by: 'ada',
          reason: 'a log',
          at: now - 600_000,
          until: now + 1_200_000,
          made: { port: 22, cidr: '203.0.113.7/32', securityGroup: 'sg-1' },
        },
      ],
    }).slice(2),
  ).toEqual([
    '├─ turned on',
    '│  └─ on  port 22 for 203.0.113.7/32 in sg-1  until 2026-11-22 09:20Z  by ada 10 min ago: a log',
  ]);
});

test('Freezes show by whom, why and until when, and how they are lifted', () => {
  expect(
    treeOf({
      frozen: [
        { by: 'ada', what: 'all applications: audit', liftWith: 'forseti unfreeze --all' },
        { by: 'the settings', what: 'fri to mon (UTC)', until: now + 3_600_000 },
      ],
    }).slice(2),
  ).toEqual([
    '├─ frozen',
    '│  ├─ until it is lifted, by ada: all applications: audit  forseti unfreeze --all',
    '│  └─ until 2026-11-22 10:00Z, by the settings: fri to mon (UTC)',
  ]);
});

test('A deployment that is halted, waits, or left something behind is shown with what to do', () => {
  const deployment = {
    deployment: 'api-v2-1',
    kind: 'deployment' as const,
    version: 'v2',
    acceptedAt: now - 60_000,
    requestedBy: 'dana',
    reason: 'Friday',
  };
  expect(
    treeOf({
      deployment: { ...deployment, stopped: 'being mended', halted: { by: 'ada', reason: 'wrong tag' } },
      waiting: [
        {
          ...deployment,
          deployment: 'api-v3-1',
          version: 'v3',
          step: 'Queue',
          approveWith: 'forseti approve api-v3-1',
        },
      ],
      before: {
        ...deployment,
        deployment: 'api-v1-1',
        closedAt: now,
        outcome: 'Dirty',
        error: 'Halted',
        problems: ['First.\nsecond line', 'Two.', 'Three.', 'Four.'],
        left: [{ kind: 'group-size', target: 'api MinSize', note: 'is 1', mend: 'aws autoscaling x' }],
        resumeWith: 'forseti resume-from api-v1-1',
        resumeUntil: now,
      },
    }),
  ).toEqual([
    '├─ deployment  v2  stopped, being repaired  for 1 min 00 s',
    '│  ├─ api-v2-1, by dana, "Friday"',
    '│  └─ halted by ada: wrong tag',
    '├─ beside it  v3  Queue  for 1 min 00 s',
    '│  ├─ api-v3-1, by dana, "Friday"',
    '│  └─ to go on: forseti approve api-v3-1',
    '├─ before it  v2  Dirty  just now, took 1 min 00 s',
    '│  ├─ api-v1-1, by dana, "Friday"',
    '│  ├─ First.',
    '│  ├─ Two.',
    '│  ├─ Three.',
    '│  ├─ and 1 more',
    '│  ├─ left: api MinSize: is 1',
    '│  ├─ repair it with: aws autoscaling x',
    '│  └─ its image is kept until 2026-11-22 09:00Z: forseti resume-from api-v1-1',
  ]);
});
