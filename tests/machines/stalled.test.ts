import { statusOf } from '../../cli/queries/status';
import { minuteMs, untilState } from './support/acts';
import { refusedByIam } from './support/calls';
import { looseEnds, noLooseEnds, told } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

jest.setTimeout(60_000);

const zones = ['eu-west-1a', 'eu-west-1b'];
const bothZones = { instances: 3, zones };
const golden = (rollout: object = {}) => ({ strategy: 'golden-instance', rollout });
const refresh = { strategy: 'instance-refresh', bakeMinutes: 0, timeoutMinutes: 60 };
const heldBack = { warmup: { on: 'launching', timeout: '2h' } };

const stalls = (stack: TestStack) => told(stack).filter(({ subject }) => /stands still at/.test(subject));

interface Case {
  readonly state: string;
  readonly options: TestStackOptions;
  readonly why: RegExp;
}

const cases: readonly Case[] = [
  {
    state: 'Provision',
    options: { cloud: { provisioningFailures: [{ version: 'v2', hangs: true }] } },
    why: /command [0-9a-f-]+: i-[0-9a-f]+ is InProgress \(its SSM agent is Online, last heard of at/,
  },
  {
    state: 'BakeImage',
    options: { cloud: { images: [{ takes: '72h' }] } },
    why: /EC2 says that image ami-[0-9a-f]+ is pending, its snapshots are at 0%/,
  },
  {
    state: 'LaunchBuilder',
    options: { settings: golden(), cloud: { timings: { agent: '40m' } } },
    why: /its SSM agent has never registered/,
  },
  {
    state: 'Rollout',
    options: { settings: golden(refresh), group: { ...bothZones, hooks: heldBack } },
    why: /Pending:Wait, held by lifecycle hook warmup/,
  },
  {
    state: 'Rollout',
    options: {
      settings: golden({ strategy: 'surge', bakeMinutes: 0 }),
      group: { ...bothZones, hooks: heldBack },
    },
    why: /Pending:Wait, held by lifecycle hook warmup/,
  },
];

test.each(cases)(
  'A $state that stands still is told once, in the words of AWS, and its status says since when',
  async ({ state, options, why }) => {
    const stack = await startTestStack(options);
    await stack.start({ application: 'api', version: 'v2' });
    await untilState(stack, state);
    await stack.cloud.runUntil(() => stalls(stack).length > 0, 20 * minuteMs);
    const [message] = stalls(stack);
    expect(message?.subject).toMatch(new RegExp(`^Forseti: api v2 stands still at ${state}$`));
    expect(message?.message).toMatch(why);
    const { deployment } = await statusOf(stack.session, 'api');
    expect(deployment?.step).toBe(state);
    expect(deployment?.keptBy).toMatch(why);
    expect(stack.cloud.now() - (deployment?.stalledSince ?? Infinity)).toBeGreaterThanOrEqual(10 * minuteMs);
    await stack.cloud.advance(10 * minuteMs);
    expect(stalls(stack).filter(({ subject }) => subject === message?.subject)).toHaveLength(1);
    expect(refusedByIam(stack)).toEqual([]);
  },
);

test('What waits behind a deployment that stands still is told as well, with where that one is', async () => {
  const stack = await startTestStack({
    settings: { concurrency: 'queue-latest' },
    cloud: { images: [{ takes: '72h' }] },
  });
  await stack.start({ application: 'api', version: 'v2' });
  await stack.cloud.advance(minuteMs);
  await stack.start({ application: 'api', version: 'v3' }, 'second');
  await stack.cloud.advance(25 * minuteMs);
  const queued = stalls(stack).filter(({ subject }) => /api v3 stands still at Queue/.test(subject));
  expect(queued).toHaveLength(1);
  expect(queued[0]?.message).toMatch(/waits for deployment-1/);
  expect(refusedByIam(stack)).toEqual([]);
});

test('A way back that stands still pages', async () => {
  const stack = await startTestStack({ settings: golden(refresh), group: bothZones });
  expect((await stack.deploy()).outcome).toBe('Deployed');
  Object.assign(stack.group(), {
    hooks: {
      warmup: {
        name: 'warmup',
        transition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        timeoutSeconds: 7_200,
        defaultResult: 'ABANDON',
      },
    },
  });
  await stack.start({ application: 'api' }, 'rollback-1', stack.session.names.rollbackMachineArn);
  await stack.cloud.advance(20 * minuteMs);
  const found = stalls(stack).filter(({ subject }) => /stands still at RollBack/.test(subject));
  expect(found.map(({ topic }) => topic).sort()).toEqual([
    'forseti-production-notifications',
    'forseti-production-paging',
  ]);
  expect(found[0]?.message).toMatch(/held by lifecycle hook warmup/);
  expect(refusedByIam(stack)).toEqual([]);
});

test.each([
  ['Approval', { ...refresh, approval: { percentage: 50, timeoutMinutes: 50 } }, {}],
  ['Observe', { strategy: 'surge', bakeMinutes: 50 }, { rollback: { alarms: ['api-5xx'] } }],
  ['Rollout', { ...refresh, bakeMinutes: 50 }, { rollback: { alarms: ['api-5xx'] } }],
  ['Rollout', { ...refresh, checkpoints: { percentages: [50, 100], delaySeconds: 3_000 } }, {}],
])(
  'A planned wait is no standstill, and its end is known from its beginning: %s',
  async (state, rollout, more) => {
    const stack = await startTestStack({
      settings: { ...golden(rollout), ...more },
      cloud: { alarms: { 'api-5xx': {} } },
      group: { instances: 4, zones },
    });
    await stack.start({ application: 'api', version: 'v2' });
    await untilState(stack, state);
    await stack.cloud.advance(25 * minuteMs);
    const { deployment } = await statusOf(stack.session, 'api');
    expect(deployment).toMatchObject({ step: state });
    expect((deployment?.until ?? 0) - stack.cloud.now()).toBeGreaterThan(10 * minuteMs);
    expect(deployment?.progress).toMatch(/until 2026-11-22T\d\d:\d\d:\d\dZ/);
    expect(deployment).not.toHaveProperty('stalledSince');
    expect(stalls(stack)).toEqual([]);
  },
);

describe('A step whose time is over', () => {
  test.each<[string, TestStackOptions, RegExp]>([
    [
      'BakeImage',
      { cloud: { images: [{ takes: '72h' }] }, settings: { image: { timeoutMinutes: 40 } } },
      /^BakeImage did not end within its 40 minutes: image ami-[0-9a-f]+ is being made, 0%\. It has not moved on since 2026-11-22T08:\d\d:\d\dZ; what it last saw: EC2 says that image .* is pending/,
    ],
    [
      'LaunchBuilder',
      { settings: golden(), cloud: { timings: { agent: '40m' } } },
      /^LaunchBuilder did not end within its 15 minutes: waiting for the SSM agent .* what it last saw: its SSM agent has never registered/,
    ],
    [
      'Rollout',
      {
        settings: golden({ ...refresh, timeoutMinutes: 15 }),
        group: { ...bothZones, hooks: heldBack },
      },
      /^Rollout did not end within its \d+ minutes: 0 of 3 instances\. .* what it last saw: i-[0-9a-f]+: Pending:Wait, held by lifecycle hook warmup/,
    ],
  ])('The end says what %s last saw', async (_, options, why) => {
    const stack = await startTestStack(options);
    const { end } = await stack.deploy();
    expect(end?.error).toBe('States.Timeout');
    expect(end?.message).toMatch(why);
    expect(end?.problems[0]).toMatch(why);
    await stack.cloud.advance(10 * minuteMs);
    expect(refusedByIam(stack)).toEqual([]);
    if (_ !== 'Rollout') expect(await looseEnds(stack)).toEqual(noLooseEnds);
  });
});
