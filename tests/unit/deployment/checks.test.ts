import { concurrency } from '../../../lib/provisioning/concurrency';
import { applicationSchema, type ApplicationSettings } from '../../../lib/application/schema';
import type { CheckSubject } from '../../../lib/deployment/preflight/check';
import { runChecks } from '../../../lib/deployment/preflight/checks';
import { isOlder } from '../../../lib/deployment/preflight/instanceChecks';
import { estimatedSuspension, extraInstances, timeoutsOf } from '../../../lib/deployment/preflight/estimate';
import type { PreflightFacts } from '../../../lib/deployment/preflight/facts';
import { quotaOf } from '../../../lib/deployment/preflight/quotas';

const now = Date.UTC(2026, 10, 22, 8);
const minutes = 60_000;
const settings = (more: object = {}): ApplicationSettings =>
  applicationSchema.parse({
    group: 'api-production',
    provisioning: { source: { s3: 's3://tickets-ansible/playbooks.tar.gz' } },
    ...more,
  });
const member = (id: string, zone: string, tags: Record<string, string> = {}) => ({
  id,
  zone,
  type: 'm7g.large',
  tags,
});
const good = {
  application: 'api',
  release: '2026-11-01T00:00:00.000Z#x',
  version: 'v1',
  deployment: 'x',
  group: 'api-production',
  image: 'ami-00000000000000001',
  launchTemplate: { id: 'lt-00000000000000001', version: '3' },
  state: 'good' as const,
  markedAt: now - 1000,
  markedBy: 'x',
};

const facts = (
  more: Partial<PreflightFacts> = {},
  group: Partial<PreflightFacts['group']> = {},
): PreflightFacts => ({
  now,
  group: {
    name: 'api-production',
    zones: ['eu-west-1a', 'eu-west-1b'],
    launchTemplate: { id: 'lt-00000000000000001', name: 'api', version: '3' },
    mixed: undefined,
    overrides: [],
    targetGroupArns: ['arn:tg'],
    instances: [],
    suspended: [],
    hasWarmPool: false,
    operator: undefined,
    tags: { 'forseti:application': 'api' },
    ...group,
  } as unknown as PreflightFacts['group'],
  template: {
    id: 'lt-00000000000000001',
    name: 'api',
    version: '3',
    imageId: 'ami-00000000000000001',
    instanceType: 'm7g.large',
  },
  templateTags: { 'forseti:application': 'api' },
  members: [member('i-1', 'eu-west-1a'), member('i-2', 'eu-west-1b')],
  agents: new Map([
    ['i-1', { ping: 'Online', version: '3.3.2746.0' }],
    ['i-2', { ping: 'Online', version: '3.4.1.0' }],
  ]),
  maintenance: [],
  scheduledActions: [],
  lifecycleHooks: [],
  refreshInProgress: undefined,
  moving: [],
  targetGroups: [{ arn: 'arn:tg', deregistrationDelaySeconds: 300, secondsToHealthy: 50 }],
  unknownTargetGroups: [],
  gates: [],
  image: undefined,
  architecture: undefined,
  quota: undefined,
  lastGood: good,
  lastGoodLacks: [],
  freezes: [],
  document: { name: 'forseti-test-provision', problems: [] },
  dryRuns: [],
  ...more,
});

const subject = (
  found: PreflightFacts,
  record: Partial<CheckSubject['record']> = {},
  with_: ApplicationSettings = settings(),
): CheckSubject => ({
  record: {
    application: 'api',
    version: 'v2',
    group: 'api-production',
    strategy: 'deploy-and-snapshot',
    rollout: 'none',
    ...record,
  },
  settings: with_,
  facts: found,
});
const problems = (of: CheckSubject) =>
  runChecks(of).flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
const frozenSettings = settings({
  freeze: { timeZone: 'Europe/Rome', windows: [{ from: 'fri 16:00', to: 'mon 08:00', reason: 'weekend' }] },
});
const byHand = {
  fleet: 'freeze:api',
  application: 'api',
  reason: 'on-sale day',
  by: 'ada',
  at: now - 60 * minutes,
  until: now + 12 * 60 * minutes,
};
const byHandOfAll = { fleet: 'freeze:*', application: '*', reason: 'audit', by: 'bob', at: now };
const withVolumes = (gib: number): Partial<PreflightFacts> => ({
  template: {
    id: 'lt-00000000000000001',
    name: 'api',
    version: '3',
    imageId: 'ami-00000000000000001',
    instanceType: 'm7g.large',
    volumes: [{ device: '/dev/xvda', gib }],
  },
  snapshots: [{ image: 'ami-00000000000000001', device: '/dev/xvda', snapshot: 'snap-1', gib: 20 }],
});
const golden = { strategy: 'golden-instance', rollout: 'instance-refresh' } as const;

test('A fleet in order has no problem, and every check says what it found', () => {
  const checks = runChecks(subject(facts()));
  expect(checks.filter(({ problem }) => problem !== undefined)).toEqual([]);
  expect(checks.length).toBeGreaterThan(15);
  expect(checks.every(({ found }) => found.length > 0)).toBe(true);
});

describe("Preflight's checks", () => {
  const refused: [string, CheckSubject, RegExp][] = [
    [
      'a release to come back to whose image is gone',
      subject(facts({ lastGoodLacks: ['image ami-00000000000000001 (gone)'] })),
      /Release v1, to which .* lacks its image ami-00000000000000001 \(gone\)\. Make one .* forseti deploy api v2 --strategy golden-instance/,
    ],
    [
      'a volume that is smaller than the snapshot',
      subject(facts(withVolumes(8))),
      /\/dev\/xvda of 8 GiB, snap-1 of ami-00000000000000001 needs 20 GiB/,
    ],
    [
      'a document for another platform',
      subject(
        facts({
          agents: new Map([
            ['i-1', { ping: 'Online', version: '3.3.2746.0', platform: 'Windows' }],
            ['i-2', { ping: 'Online', version: '3.4.1.0', platform: 'Linux' }],
          ]),
          document: { name: 'acme', problems: [], platforms: ['Linux'] },
        }),
      ),
      /Document acme runs on Linux; these instances run Windows: i-1\./,
    ],
    [
      'a topic of another region',
      subject(
        facts({}, { arn: 'arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:1:x' }),
        {},
        settings({ notifications: { topicArn: 'arn:aws:sns:eu-central-1:111122223333:forseti-shop' } }),
      ),
      /another region or account than the fleet \(eu-west-1, 111122223333\): arn:aws:sns:eu-central-1/,
    ],
    [
      'policies and alarms that could not be written',
      subject(facts({ scaling: { changes: [], problems: ['Alarms of that name belong to another'] } })),
      /^Alarms of that name belong to another/,
    ],
    [
      'launching suspended by a person',
      subject(facts({}, { suspended: ['AZRebalance', 'Launch'] })),
      /has Launch suspended.*resume-processes --auto-scaling-group-name api-production --scaling-processes Launch$/,
    ],
    [
      'refreshes suspended by a person',
      subject(facts({}, { suspended: ['InstanceRefresh'] }), golden),
      /has InstanceRefresh suspended/,
    ],
    [
      'a warm pool that no refresh would reach',
      subject(facts({}, { hasWarmPool: true })),
      /has a warm pool.*rollout.strategy/,
    ],
    [
      'another operator',
      subject(facts({}, { operator: 'ecs.amazonaws.com' })),
      /managed by ecs.amazonaws.com/,
    ],
    [
      'no launch template',
      subject(facts({ template: undefined }, { launchTemplate: undefined })),
      /has no launch template/,
    ],
    [
      '$Latest',
      subject(
        facts({ template: undefined }, { launchTemplate: { id: 'lt-1', name: 'api', version: '$Latest' } }),
      ),
      /uses \$Latest .* expected a number/,
    ],
    [
      'another launch template than the settings say',
      subject(facts(), {}, settings({ launchTemplate: 'web' })),
      /settings say web/,
    ],
    ['a version that is gone', subject(facts({ template: undefined })), /has no version 3/],
    [
      'an image from a parameter',
      subject(
        facts({
          template: {
            id: 'lt-1',
            name: 'api',
            version: '3',
            imageId: 'resolve:ssm:/images/api',
            instanceType: undefined,
          },
        }),
      ),
      /takes its image from a parameter/,
    ],
    [
      'an override with a template of its own',
      subject(
        facts({}, {
          mixed: {},
          overrides: [{ type: 'm7i.large', launchTemplate: { id: 'lt-2', version: '1' } }],
        } as never),
      ),
      /launch template of their own \(m7i.large\)/,
    ],
    [
      'target groups that differ',
      subject(facts(), {}, settings({ targetGroups: ['arn:other'] })),
      /settings say arn:other/,
    ],
    [
      'a target group that is gone',
      subject(facts({ unknownTargetGroups: ['arn:tg'] })),
      /do not exist: arn:tg/,
    ],
    ['a refresh in progress', subject(facts({ refreshInProgress: 'r-1' })), /r-1 .* is in progress/],
    [
      'one instance only',
      subject(facts({ members: [member('i-1', 'eu-west-1a')] })),
      /has 1 instance in service/,
    ],
    ['one zone only', subject(facts({}, { zones: ['eu-west-1a'] })), /one zone only \(eu-west-1a\)/],
    [
      'one zone only, golden-instance',
      subject(facts({}, { zones: ['eu-west-1a'] }), golden),
      /one zone only/,
    ],
    [
      'a dead agent',
      subject(facts({ agents: new Map([['i-1', { ping: 'Online', version: '3.4.0.0' }]]) })),
      /not online on i-2/,
    ],
    [
      'an old agent',
      subject(
        facts({
          agents: new Map([
            ['i-1', { ping: 'Online', version: '3.3.1.0' }],
            ['i-2', { ping: 'Online', version: '3.4.0.0' }],
          ]),
        }),
      ),
      /older than 3.3.2746.0 on i-1 \(3.3.1.0\)/,
    ],
    [
      'no instance left for the image',
      subject(
        facts({
          members: [
            member('i-1', 'a', { 'forseti:avoid-image': '' }),
            member('i-2', 'b', { 'forseti:avoid-image': '' }),
          ],
        }),
      ),
      /forseti:avoid-image: none is left/,
    ],
    [
      'maintenance within the deployment',
      subject(
        facts({ maintenance: [{ instance: 'i-2', code: 'system-reboot', notBefore: now + 5 * minutes }] }),
      ),
      /i-2 \(system-reboot, 2026-11-22T08:05:00Z\)/,
    ],
    [
      'a scheduled action in the window',
      subject(facts({ scheduledActions: [{ name: 'on-sale', startsAt: now + 10 * minutes }] })),
      /on-sale at 2026-11-22T08:10:00Z/,
    ],
    [
      'too small a quota',
      subject(
        facts({ quota: { code: 'L-1216C47A', limitVcpus: 5, usedVcpus: 4, vcpusPerInstance: 2 } }),
        golden,
      ),
      /needs 1 extra instances \(2 vCPUs\); quota L-1216C47A allows 5 vCPUs and 4 are in use/,
    ],
    [
      'a gate that does not exist',
      subject(facts({ gates: [{ name: '5xx', state: undefined }] })),
      /neither exist nor stand in scaling.alarms: 5xx/,
    ],
    [
      'a gate that is in ALARM already',
      subject(facts({ gates: [{ name: '5xx', state: 'ALARM' }] })),
      /ring already: 5xx/,
    ],
    [
      'a window of the calendar',
      subject(facts(), {}, frozenSettings),
      /^Deployments of api are frozen by the window fri 16:00 to mon 08:00 \(Europe\/Rome\), "weekend" of the settings, until 2026-11-23T07:00Z\. Wait .* forseti deploy api v2 --despite-freeze REASON\./,
    ],
    [
      'a freeze by hand',
      subject(facts({ freezes: [byHand] })),
      /^Deployments of api have been frozen by ada since 2026-11-22T07:00Z, until 2026-11-22T20:00Z: "on-sale day"\. To lift it: forseti unfreeze api\./,
    ],
    [
      'a freeze of all by hand, under a calendar that is frozen too',
      subject(facts({ freezes: [byHandOfAll] }), {}, frozenSettings),
      /^Deployments of all applications .*, until it is lifted: .* forseti unfreeze --all\. Deployments of api are frozen by the window/,
    ],
    [
      'no room for tags',
      subject(
        facts({
          members: [
            member(
              'i-1',
              'a',
              Object.fromEntries(Array.from({ length: 47 }, (_, i) => [`t${String(i)}`, ''])),
            ),
            member('i-2', 'b'),
          ],
        }),
      ),
      /no room on i-1/,
    ],
    [
      'an image that is unknown',
      subject(facts({ image: { id: 'ami-9', state: undefined, architecture: undefined } }), {
        image: 'ami-9',
      }),
      /ami-9 is not known in this region/,
    ],
    [
      'an image of another architecture',
      subject(
        facts({ image: { id: 'ami-9', state: 'available', architecture: 'x86_64' }, architecture: 'arm64' }),
        { image: 'ami-9' },
      ),
      /is for x86_64, the fleet's instances are arm64/,
    ],
    [
      'no good release yet',
      subject(facts({ lastGood: undefined })),
      /forseti deploy api v2 --strategy golden-instance/,
    ],
    [
      'a document that cannot be given what the settings say',
      subject(facts({ document: { name: 'x', problems: ['Source is a tar archive'] } })),
      /Source is a tar archive/,
    ],
    [
      'a permission that is missing',
      subject(facts({ dryRuns: [{ state: 'BakeImage', refusal: 'UnauthorizedOperation: You may not' }] })),
      /The role of BakeImage may not/,
    ],
  ];

  test.each(refused)('A check finds the problem and names what to do: %s', (_, of, words) => {
    const found = problems(of);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(words);
  });

  test('All problems are reported together', () => {
    const worst = facts({
      lastGood: undefined,
      refreshInProgress: 'r-1',
      members: [member('i-1', 'eu-west-1a')],
    });
    expect(problems(subject(worst))).toHaveLength(3);
  });
});

describe('A deployment in spite of a freeze or of alarms', () => {
  const checkOf = (name: string, of: CheckSubject) => runChecks(of).find((check) => check.name === name);

  test('With a reason, a freeze is no problem, and that is recorded', () => {
    const of = subject(
      facts({ freezes: [byHand] }),
      { despiteFreeze: 'tickets cannot be paid' },
      frozenSettings,
    );
    expect(problems(of)).toEqual([]);
    expect(checkOf('frozen', of)?.found).toMatch(
      /^yes, in spite of it: "tickets cannot be paid"\. .*by ada.*Europe\/Rome/,
    );
  });

  test('With a reason, alarms that are in ALARM are no problem, and that is recorded', () => {
    const gates = [{ name: '5xx', state: 'ALARM' }];
    const of = subject(facts({ gates }), { despiteAlarms: 'v2 mends them' });
    expect(problems(of)).toEqual([]);
    expect(checkOf('alarms quiet', of)?.found).toBe('5xx, in spite of it: "v2 mends them"');
  });

  test('A reason for one does not excuse the other', () => {
    const ringing = facts({ gates: [{ name: '5xx', state: 'ALARM' }] });
    expect(problems(subject(ringing, { despiteFreeze: 'x' }))).toHaveLength(1);
    expect(problems(subject(facts(), { despiteAlarms: 'x' }, frozenSettings))).toHaveLength(1);
  });

  test('Before a freeze the check says when it begins', () => {
    const open = subject(facts({ now: now + 48 * 60 * minutes }), {}, frozenSettings);
    expect(checkOf('frozen', open)?.found).toBe(
      'no; from 2026-11-27T15:00Z: fri 16:00 to mon 08:00 (Europe/Rome), "weekend"',
    );
    expect(checkOf('frozen', subject(facts()))?.found).toBe('no');
  });
});

describe('What is on its way', () => {
  const moving = (...ids: string[]) => ids.map((id) => ({ id, what: `${id} is on its way` }));
  const pending = { instances: [{ id: 'i-2', lifecycle: 'Pending' }] as never };
  const oneServes = { members: [member('i-1', 'eu-west-1a')] };
  const ami = 'ami-00000000000000001';
  const cases: [string, (waited: boolean) => CheckSubject, RegExp][] = [
    [
      'the second instance is Pending',
      (waited) => ({ ...subject(facts({ ...oneServes, moving: moving('i-2') }, pending)), waited }),
      /1 instance in service.*i-2 is Pending even after a while.*describe-scaling-activities/,
    ],
    [
      'an agent has not registered yet',
      (waited) => ({
        ...subject(
          facts({
            agents: new Map([['i-1', { ping: 'Online', version: '3.4.0.0' }]]),
            moving: moving('i-2'),
          }),
        ),
        waited,
      }),
      /not online on i-2/,
    ],
    [
      'a refresh is being cancelled',
      (waited) => ({ ...subject(facts({ refreshInProgress: 'r-1', moving: moving('r-1') })), waited }),
      /r-1 .* is in progress/,
    ],
    [
      'the image that was named is pending',
      (waited) => ({
        ...subject(
          facts({
            image: { id: 'ami-2', state: 'pending', architecture: undefined },
            moving: moving('ami-2'),
          }),
          { ...golden, image: 'ami-2' },
        ),
        waited,
      }),
      /ami-2 is pending/,
    ],
    [
      'the image of the good release is pending',
      (waited) => ({
        ...subject(facts({ lastGoodLacks: [`image ${ami} (pending)`], moving: moving(ami) })),
        waited,
      }),
      /lacks its image ami-00000000000000001 \(pending\)/,
    ],
  ];

  test.each(cases)('It is no problem before it was waited for, and one afterwards: %s', (_, of, words) => {
    expect(problems(of(false))).toEqual([]);
    expect(runChecks(of(false)).find(({ name }) => name === 'settled')?.found).toMatch(/^waits, since /);
    expect(problems(of(true)).join()).toMatch(words);
  });

  test('All instances in one zone for now are no problem where the group has subnets in two', () => {
    const found = facts({ members: [member('i-1', 'eu-west-1a'), member('i-2', 'eu-west-1a')] });
    expect(problems(subject(found))).toEqual([]);
  });
});

test('A golden-instance fleet needs neither agents nor a good release nor two instances', () => {
  const found = facts({ lastGood: undefined, agents: new Map(), members: [member('i-1', 'eu-west-1a')] });
  expect(problems(subject(found, golden))).toEqual([]);
});

test('Maintenance and scheduled actions after the deployment do not matter', () => {
  const later = now + 24 * 60 * minutes;
  const found = facts({
    maintenance: [{ instance: 'i-1', code: 'system-reboot', notBefore: later }],
    scheduledActions: [{ name: 'on-sale', startsAt: later }],
  });
  expect(problems(subject(found))).toEqual([]);
});

describe('Scheduled actions within a surge', () => {
  const surge = { strategy: 'golden-instance', rollout: 'surge' } as const;
  const check = (action: object) =>
    runChecks(
      subject(
        facts(
          { scheduledActions: [{ name: 'onsale', startsAt: now + 20 * minutes, ...action }] },
          {
            desired: 4,
          },
        ),
        surge,
      ),
    ).filter(({ name }) => name === 'scheduled actions');

  test('The capacity that they ask for is kept, which preflight says', () => {
    expect(check({ desired: 20 })).toEqual([
      {
        name: 'scheduled actions',
        found: 'onsale at 2026-11-22T08:20:00Z; the capacity that they ask for is kept',
      },
    ]);
  });

  test('A maximum below what the surge grows to is refused', () => {
    expect(check({ max: 5 })).toEqual([
      expect.not.objectContaining({ problem: expect.anything() as string }),
    ]);
    expect(check({ max: 4 })[0]?.problem).toMatch(
      /grows group api-production to 5 instances .* onsale to 4 at 2026-11-22T08:20:00Z/,
    );
  });

  test('Those after it do not matter', () => {
    expect(check({ startsAt: now + 24 * 60 * minutes, max: 1 })[0]).toMatchObject({
      found: 'none in the window',
    });
  });
});

test.each([
  ['3.3.2746.0', '3.3.2746.0', false],
  ['3.3.2745.9', '3.3.2746.0', true],
  ['3.10.0.0', '3.3.2746.0', false],
  ['2.9', '3.3.2746.0', true],
])('The agent %s is older than %s: %s', (version, than, older) => {
  expect(isOlder(version, than)).toBe(older);
});

test.each([
  ['25%', 20, 5],
  ['25%', 2, 1],
  ['3', 20, 3],
  ['100%', 350, 350],
])('A batch of %s of %i instances is %i at once', (value, count, atOnce) => {
  expect(concurrency(value, count)).toBe(atOnce);
});

test.each([
  ['none', 'deploy-and-snapshot', 20, 0],
  ['none', 'golden-instance', 20, 1],
  ['instance-refresh', 'deploy-and-snapshot', 20, 2],
  ['instance-refresh', 'golden-instance', 2, 1],
  ['surge', 'golden-instance', 350, 35],
] as const)(
  'The rollout %s of %s with %i instances needs %i more at once',
  (rollout, strategy, count, extra) => {
    expect(extraInstances({ rollout, strategy }, settings(), count)).toBe(extra);
  },
);

test('The time of suspension grows with batches, not with instances', () => {
  expect(estimatedSuspension(settings(), 20)).toBe(estimatedSuspension(settings(), 200));
});

test('Deadlines allow for lifecycle hooks and the deregistration delay', () => {
  const plain = timeoutsOf(settings(), facts());
  const slow = timeoutsOf(
    settings(),
    facts({
      lifecycleHooks: [{ name: 'drain', heartbeatSeconds: 3_600 }],
      targetGroups: [{ arn: 'arn:tg', deregistrationDelaySeconds: 900, secondsToHealthy: 50 }],
    }),
  );
  expect(slow.TakeOut - plain.TakeOut).toBe(3_600 + 600);
  expect(Math.max(...Object.values(slow))).toBeLessThanOrEqual(2_147_483);
});

test.each([
  ['m7g.large', 'L-1216C47A'],
  ['t3.micro', 'L-1216C47A'],
  ['g5.xlarge', 'L-DB2E81BA'],
  ['p4d.24xlarge', 'L-417A185B'],
  ['inf2.xlarge', 'L-1945791B'],
  ['hpc7g.4xlarge', 'L-F7808C92'],
  ['trn1.2xlarge', 'L-2C3B7624'],
  ['mac1.metal', undefined],
])('The instance type %s counts to quota %s', (type, quota) => {
  expect(quotaOf(type)).toBe(quota);
});

test('Processes that a deployment does not need may stay suspended, and a refresh reaches a warm pool', () => {
  const rebalancing = facts({}, { suspended: ['AZRebalance', 'ScheduledActions'], hasWarmPool: true });
  expect(problems(subject(rebalancing, golden))).toEqual([]);
  const launching = facts({}, { suspended: ['Launch', 'Terminate'] });
  expect(problems(subject(launching, { strategy: 'golden-instance', rollout: 'none' }))).toEqual([]);
});

test.each<[string, Partial<PreflightFacts>, Partial<PreflightFacts['group']>]>([
  ['a volume as large as the snapshot', withVolumes(20), {}],
  [
    'traffic sources that are target groups of the group',
    {},
    { trafficSources: [{ identifier: 'arn:tg', type: 'elbv2' }] },
  ],
])('Nothing is wrong with %s', (_, more, group) => {
  expect(problems(subject(facts(more, group)))).toEqual([]);
});
