import { checks, checkStack, healthNotes, problemsOf } from '../../../lib/health/checks';
import type { HealthFacts } from '../../../lib/health/facts';

const now = Date.UTC(2026, 10, 22, 12);
const minutes = (count: number) => count * 60_000;
const execution = 'arn:aws:states:eu-west-1:123456789012:execution:forseti-production-deploy:api-v2';
const mend =
  'aws stepfunctions start-execution --state-machine-arn arn:aws:states:eu-west-1:123456789012:stateMachine:forseti-production-mend ' +
  `--input '{"execution":"${execution}"}' --region eu-west-1`;
const stack = 'forseti install --region eu-west-1';

const accept = {
  name: 'Accept',
  found: true,
  reserves: false,
  state: 'Active',
  lastUpdate: 'Successful',
  runtime: 'nodejs24.x',
  role: 'arn:aws:iam::123456789012:role/forseti-accept',
  version: '0.1.0',
};
const openAlarm = { ...accept, name: 'TakeAlarm', reserves: true };
const takeAlarm = { ...openAlarm, reservedConcurrency: 5 };
const requests = {
  name: 'requests',
  found: true,
  visible: 0,
  consumers: [{ function: 'forseti-production-Intake', state: 'Enabled' }],
};
const dead = { name: 'requests-dead', found: true, visible: 0, consumers: [] };
const alarm = {
  name: 'forseti-production-requests-dead',
  state: 'OK',
  actionsEnabled: true,
  since: now - minutes(600),
  reason: 'all is well',
};
const parked = { deployment: 'api-v2', state: 'Rollout', deadlineAt: now + 1, lookAt: now + 1 };
const open = { deployment: 'api-v2', application: 'api', execution, acceptedAt: now - minutes(60) };
const lock = { fleet: 'api', deployment: 'api-v2', owner: execution, takenAt: now - minutes(60) };

const well: HealthFacts = {
  now,
  region: 'eu-west-1',
  stage: 'production',
  version: '0.1.0',
  functions: [accept, takeAlarm],
  machines: [{ name: 'deploy', status: 'ACTIVE' }],
  queues: [requests, dead],
  alarms: [alarm],
  parked: [parked],
  open: [{ ...open, status: 'RUNNING' }],
  locks: [{ ...lock, status: 'RUNNING' }],
  freezes: [{ application: 'api', by: 'ada', reason: 'sale', at: now, until: now + 1 }],
  applications: [{ name: 'api' }],
  drift: [],
  waysBack: [
    {
      application: 'api',
      release: { name: 'v1', image: 'ami-1', launchTemplate: { id: 'lt-1', version: '1' } },
      passedOver: [],
      problems: [],
    },
  ],
  strays: [],
  unseen: [],
};

const both = { home: 'eu-west-1', standby: 'eu-central-1' };
const pair = { ...both, hasTable: true, other: { region: 'eu-central-1', stack: both } };
const deployPair = 'forseti install --region eu-west-1 --standby eu-central-1';

test('A control plane that is well has no problem', () => {
  expect(problemsOf(well)).toEqual([]);
});

const cases: readonly [string, Partial<HealthFacts>, RegExp, string][] = [
  [
    'a test instance that outlived its deployment',
    { strays: [{ id: 'i-7', name: 'forseti test instance of api v2', deployment: 'api-v2' }] },
    /^Instance i-7 \(forseti test instance of api v2\) still runs, although deployment api-v2 has ended/,
    'aws ec2 terminate-instances --instance-ids i-7 --region eu-west-1',
  ],
  [
    'a function that is missing',
    { functions: [{ ...accept, found: false }, takeAlarm] },
    /^The stack lacks function forseti-production-Accept\.$/,
    stack,
  ],
  [
    'a machine that is missing',
    { machines: [{ name: 'mend' }] },
    /machine forseti-production-mend \(missing\)/,
    stack,
  ],
  [
    'a queue that is missing',
    { queues: [requests, { ...dead, found: false }] },
    /queue forseti-production-requests-dead/,
    stack,
  ],
  ['a failed function', { functions: [{ ...accept, state: 'Failed' }] }, /is Failed/, stack],
  ['a failed update', { functions: [{ ...accept, lastUpdate: 'Failed' }] }, /last update .* failed/, stack],
  ['an old runtime', { functions: [{ ...accept, runtime: 'nodejs18.x' }] }, /nodejs18\.x/, stack],
  ['a function without a role', { functions: [{ ...accept, role: '' }] }, /has no role/, stack],
  [
    'a function that was stopped',
    { functions: [{ ...accept, reservedConcurrency: 0 }] },
    /concurrency is 0/,
    'aws lambda delete-function-concurrency --function-name forseti-production-Accept --region eu-west-1',
  ],
  [
    'dead letters',
    { queues: [requests, { ...dead, visible: 3 }] },
    /^3 dead letters/,
    'forseti queue peek requests-dead --region eu-west-1; forseti queue redrive requests --region eu-west-1',
  ],
  [
    'events that could start nothing',
    { queues: [requests, { ...dead, name: 'events-dead', visible: 1 }] },
    /^1 dead letters lie in forseti-production-events-dead/,
    'forseti queue peek events-dead --region eu-west-1; aws sqs purge-queue --queue-url ' +
      '$(aws sqs get-queue-url --queue-name forseti-production-events-dead --query QueueUrl --output text --region eu-west-1) --region eu-west-1',
  ],
  [
    'a paused consumer',
    {
      queues: [
        {
          ...requests,
          visible: 2,
          consumers: [{ function: 'forseti-production-Intake', state: 'Disabled' }],
        },
      ],
    },
    /Intake of .* is Disabled, and 2 messages wait/,
    'forseti consumers resume requests --region eu-west-1',
  ],
  ['a queue without consumers', { queues: [{ ...requests, consumers: [] }] }, /^Nothing consumes/, stack],
  [
    'a way back that could not be used',
    {
      waysBack: [
        { application: 'api', passedOver: [], problems: ['Image ami-1 of v1, which runs, is gone.'] },
      ],
    },
    /^api: Image ami-1 of v1, which runs, is gone\.$/,
    'forseti status api --region eu-west-1; forseti deploy api VERSION --region eu-west-1',
  ],
  [
    'an alarm in ALARM',
    { alarms: [{ ...alarm, state: 'ALARM', since: now - minutes(5), reason: 'over 0' }] },
    /rings since 5 minutes: over 0/,
    'aws cloudwatch describe-alarm-history --alarm-name forseti-production-requests-dead --region eu-west-1',
  ],
  [
    'an alarm without data',
    { alarms: [{ ...alarm, state: 'INSUFFICIENT_DATA' }] },
    /has no data since 10 hours/,
    'aws cloudwatch describe-alarm-history --alarm-name forseti-production-requests-dead --region eu-west-1',
  ],
  [
    'an alarm without a subscriber',
    { alarms: [{ ...alarm, actionsEnabled: false }] },
    /switched off/,
    'aws cloudwatch enable-alarm-actions --alarm-names forseti-production-requests-dead --region eu-west-1',
  ],
  [
    'a parked token whose deadline is over',
    { parked: [{ ...parked, deadlineAt: now - minutes(11) }] },
    /Rollout of api-v2 waits although its deadline passed 11 minutes ago/,
    'aws lambda invoke --function-name forseti-production-Sweep --region eu-west-1 /dev/stdout; aws events enable-rule --name forseti-production-sweep --region eu-west-1',
  ],
  [
    'a parked token that is not polled',
    { parked: [{ ...parked, deadlineAt: now + minutes(60), lookAt: now - minutes(20) }] },
    /Nobody has looked .* 20 minutes/,
    'aws lambda invoke --function-name forseti-production-Sweep --region eu-west-1 /dev/stdout; aws events enable-rule --name forseti-production-sweep --region eu-west-1',
  ],
  [
    'an open record whose execution has ended',
    { open: [{ ...open, status: 'ABORTED', stoppedAt: now - minutes(16) }] },
    /record of api-v2 is open although its execution is ABORTED/,
    mend,
  ],
  ['an open record of an unknown execution', { open: [open] }, /unknown to Step Functions/, mend],
  [
    'a lock whose owner has ended',
    { locks: [{ ...lock, status: 'FAILED', stoppedAt: now - minutes(16) }] },
    /lock of api is held by api-v2, whose execution is FAILED/,
    mend,
  ],
  [
    'a freeze without an end',
    { freezes: [{ application: 'api', by: 'ada', reason: 'sale', at: now - minutes(90) }] },
    /^api is frozen without an end, by ada since 90 minutes \(sale\)/,
    'forseti unfreeze api --region eu-west-1',
  ],
  [
    'a freeze of all without an end',
    { freezes: [{ application: '*', by: 'ada', reason: 'audit', at: now }] },
    /^All applications are frozen/,
    'forseti unfreeze --all --region eu-west-1',
  ],
  [
    'settings of another version',
    { applications: [{ name: 'api', problem: 'strategy: no such strategy' }] },
    /settings of api are not valid: strategy/,
    'forseti apply forseti.yml --region eu-west-1',
  ],
  [
    'settings of a group that is gone',
    { applications: [{ name: 'api', missingGroup: 'api-old' }] },
    /settings of api name the Auto Scaling group api-old, which is not there/,
    'forseti apply forseti.yml --region eu-west-1',
  ],
  [
    'a fleet that somebody has changed',
    { drift: [{ application: 'api', what: 'scaling policy forseti-cpu is missing', mend: 'aws put' }] },
    /^api has drifted: scaling policy forseti-cpu is missing\.$/,
    'aws put',
  ],
  [
    'a region that was set by hand',
    { regions: { ...pair, pinned: { active: 'eu-central-1', by: 'ada', since: now - minutes(30) } } },
    /eu-central-1 is the active region by hand \(ada, since 30 minutes\)/,
    'forseti region failback --reason "it is well again" --region eu-west-1',
  ],
  [
    'a standby that is named and has no stack',
    { regions: { ...pair, other: { region: 'eu-central-1' } } },
    /^The stack names eu-central-1 as the other region, where there is none: .* alarm forseti-production-probe rings for ever/,
    `${deployPair}; or as a stack of one region: forseti install --region eu-west-1 --no-standby`,
  ],
  [
    'stacks that disagree about home',
    {
      regions: {
        ...pair,
        other: { region: 'eu-central-1', stack: { home: 'eu-central-1', standby: '' } },
      },
    },
    /^The stacks disagree: here home is eu-west-1 and the standby eu-central-1; in eu-central-1 home is eu-central-1 and the standby none/,
    deployPair,
  ],
  [
    'a pair without the table of regions',
    { regions: { ...pair, hasTable: false } },
    /^There is no table forseti-production-regions in eu-west-1/,
    deployPair,
  ],
  [
    'a stack in a third region',
    { regions: { home: 'us-east-1', standby: 'us-west-2', hasTable: false } },
    /^The stack in eu-west-1 takes us-east-1 for home and us-west-2 for the standby, and is neither/,
    stack,
  ],
  [
    'a stack of another version',
    { version: '0.2.0' },
    /^The stack is of version 0\.1\.0; this command is 0\.2\.0/,
    stack,
  ],
  [
    'a stack of two versions',
    { functions: [{ ...accept, version: '0.0.9' }, takeAlarm] },
    /^Accept is of version 0\.0\.9/,
    stack,
  ],
  [
    'what could not be read',
    { unseen: [{ what: 'The locks', why: 'AccessDenied: no' }] },
    /The locks could not be looked at: AccessDenied/,
    'forseti doctor, with credentials that may read it',
  ],
];

test.each(cases)('Doctor reports %s once, with its repair', (_, change, what, command) => {
  const problems = problemsOf({ ...well, ...change });
  expect(problems).toHaveLength(1);
  expect(problems[0]?.what).toMatch(what);
  expect(problems[0]?.mend).toBe(command);
});

test.each<[string, Partial<HealthFacts>]>([
  ['a stack of one region', { regions: { home: 'eu-west-1', standby: '', hasTable: false } }],
  ['a pair of stacks that agree', { regions: pair }],
  ['alarms for which nothing is reserved', { functions: [openAlarm] }],
  ['a function that sleeps', { functions: [{ ...accept, state: 'Inactive' }] }],
  ['an alarm that is new', { alarms: [{ ...alarm, state: 'INSUFFICIENT_DATA', since: now - minutes(59) }] }],
  ['a token that has just passed its deadline', { parked: [{ ...parked, deadlineAt: now - minutes(9) }] }],
  ['a record that Mend will repair', { open: [{ ...open, status: 'FAILED', stoppedAt: now - minutes(14) }] }],
  [
    'a lock that is about to be let go',
    { locks: [{ ...lock, status: 'SUCCEEDED', stoppedAt: now - minutes(1) }] },
  ],
])('Doctor reports no problem for %s', (_, change) => {
  expect(problemsOf({ ...well, ...change })).toEqual([]);
});

test.each([
  [10, 10, /may run 10 at once, and 10 have to stay unreserved; ask for more: aws service-quotas request/],
  [1_000, 104, /may run 1000 at once, and 100 have to stay unreserved/],
  [1_000, 1_000, /could reserve 5: forseti install --region eu-west-1$/],
])(
  'With %i at once and %i unreserved, a note says what is lost without a reservation',
  (limit, unreserved, words) => {
    const notes = healthNotes({
      ...well,
      functions: [accept, openAlarm],
      concurrency: { limit, unreserved },
    });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(words);
    expect(healthNotes({ ...well, concurrency: { limit, unreserved } })).toEqual([]);
  },
);

test('Every check has a case in which it reports a problem', () => {
  const silent = checks.filter((check) =>
    cases.every(([, change]) => check({ ...well, ...change }).length === 0),
  );
  expect(silent).toEqual([]);
});

test('With another stage, every command names it', () => {
  const [problem] = problemsOf({ ...well, stage: 'test', queues: [{ ...dead, visible: 1 }] });
  expect(problem?.mend).toContain('forseti queue redrive requests --region eu-west-1 --stage test');
});

test('The command that deploys a stack again keeps its standby', () => {
  const regions = { home: 'eu-west-1', standby: 'eu-central-1', hasTable: true };
  const [found] = checkStack({ ...well, regions, functions: [{ ...accept, found: false }] });
  expect(found?.mend).toBe(deployPair);
});
