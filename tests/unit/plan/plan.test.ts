import { irelandPrices, priceOf } from '@forseti/embedded-cloud';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { applicationSchema } from '../../../lib/application/schema';
import type { DeploymentRecord } from '../../../lib/engine/record';
import { callsOf, type CallsSubject, instancesText } from '../../../lib/plan/calls';
import { estimateCost } from '../../../lib/plan/cost';
import {
  alike,
  type DurationSubject,
  estimateDuration,
  precedentOf,
  waves,
} from '../../../lib/plan/duration';
import { diffFields } from '../../../lib/fleet/fields';
import { dollarsPer, listPrices } from '../../../lib/plan/prices';
import { parsePlanRequest, pricesFor } from '../../../lib/plan/request';

const settingsWith = (more: object = {}) =>
  applicationSchema.parse({
    group: 'api',
    provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' } },
    ...more,
  });

const recordWith = (more: object = {}, settings: object = {}): DeploymentRecord =>
  ({
    kind: 'deployment',
    deployment: 'd',
    strategy: 'deploy-and-snapshot',
    rollout: 'none',
    outcome: 'Deployed',
    acceptedAt: 0,
    closedAt: 600_000,
    settings: settingsWith(settings),
    ...more,
  }) as DeploymentRecord;

const subjectWith = (more: Partial<CallsSubject> = {}): CallsSubject => ({
  record: recordWith(),
  group: { suspended: [], desired: 4, min: 1, max: 8 },
  instances: 4,
  scaling: [],
  region: 'eu-west-1',
  ...more,
});

const counts = (state: string, more: Partial<CallsSubject> = {}) =>
  Object.fromEntries(callsOf(state, subjectWith(more)).map(({ action, count }) => [action, count]));

const golden = { strategy: 'golden-instance', rollout: 'instance-refresh' };

describe('The calls of a state', () => {
  test.each<[string, string, Partial<CallsSubject>, object]>([
    ['of one instance', 'Provision', { instances: 1 }, { CreateTags: 3, SendCommand: 1 }],
    ['of a fleet', 'Provision', { instances: 350 }, { CreateTags: 9, SendCommand: 2 }],
    ['of more than an effect holds', 'Provision', { instances: 501 }, { CreateTags: 10, SendCommand: 2 }],
    ['of a builder', 'Provision', { record: recordWith(golden) }, { CreateTags: 3, SendCommand: 1 }],
    ['above the minimum', 'TakeOut', {}, { EnterStandby: 1, SendCommand: 1 }],
    [
      'at the minimum, which is lowered',
      'TakeOut',
      { group: { suspended: [], desired: 4, min: 4, max: 8 } },
      { UpdateAutoScalingGroup: 1, EnterStandby: 1, SendCommand: 1 },
    ],
    [
      'without sealing',
      'PutBack',
      { record: recordWith({}, { image: { seal: false } }) },
      { ResumeProcesses: 1, ExitStandby: 1 },
    ],
    [
      'with copies in other regions, which are made afterwards',
      'BakeImage',
      { record: recordWith(golden, { image: { copyTo: ['eu-west-1', 'eu-central-1'] } }) },
      { SendCommand: 1, CreateImage: 1 },
    ],
    ['by a refresh', 'Rollout', { record: recordWith(golden) }, { StartInstanceRefresh: 1 }],
    ['for future instances', 'Rollout', {}, {}],
    ['before the group launches again', 'Resume', {}, { UpdateAutoScalingGroup: 1, ResumeProcesses: 1 }],
    [
      'for future instances of a fleet that was not touched',
      'Rollout',
      { record: recordWith({ ...golden, rollout: 'none' }) },
      { UpdateAutoScalingGroup: 1 },
    ],
    [
      'by a surge beyond the maximum',
      'Rollout',
      {
        record: recordWith({ rollout: 'surge' }),
        group: { suspended: ['AZRebalance'], desired: 4, min: 1, max: 4 },
      },
      {
        UpdateAutoScalingGroup: 3,
        SetDesiredCapacity: 1,
        SetInstanceProtection: 5,
        TerminateInstanceInAutoScalingGroup: 4,
      },
    ],
    ['that only notes', 'Complete', {}, {}],
  ])('The calls are counted %s: %s', (_, state, more, expected) => {
    expect(counts(state, more)).toEqual(expected);
  });

  test.each<[string, Partial<CallsSubject>, string | undefined]>([
    ['Provision', {}, '1 instance first, then 3 in 2 batches of at most 2'],
    ['Provision', { instances: 1 }, '1 instance'],
    ['Provision', { record: recordWith(golden) }, 'the builder'],
    ['TakeOut', {}, '1 instance'],
    ['Rollout', {}, 'none: only instances launched from now on'],
    ['Rollout', { record: recordWith(golden) }, '4 instances'],
    [
      'RolloutRest',
      {
        record: recordWith(golden, {
          rollout: { strategy: 'instance-refresh', approval: { percentage: 25 } },
        }),
      },
      'the rest of 4 instances',
    ],
    ['Lock', {}, undefined],
  ])('The plan says on which instances %s works', (state, more, expected) => {
    expect(instancesText(state, { ...subjectWith(more), atOnce: 2 })).toBe(expected);
  });
});

describe('The estimate of the time', () => {
  const durationWith = (record: DeploymentRecord, instances = 4): DurationSubject => ({
    record,
    settings: record.settings,
    instances,
    secondsToHealthy: 20,
    deregistrationDelaySeconds: 30,
  });
  const steps = (took: Record<string, number>) =>
    Object.entries(took).map(([state, seconds]) => ({
      deployment: 'd',
      item: `step#${state}`,
      startedAt: 1_000,
      endedAt: 1_000 + seconds * 1_000,
    }));

  test('Only deployments count that succeeded, went the same way, and were not resumed', () => {
    const planned = recordWith();
    const list = [
      recordWith({ deployment: 'old', acceptedAt: 1 }),
      recordWith({ deployment: 'new', acceptedAt: 9 }),
      recordWith({ deployment: 'undone', outcome: 'RolledBack' }),
      recordWith({ deployment: 'resumed', resumedFrom: 'undone' }),
      recordWith({ deployment: 'golden', ...golden }),
      recordWith({ deployment: 'open', closedAt: undefined }),
      recordWith({ deployment: 'rollback', kind: 'rollback' }),
    ];
    expect(alike(list, planned).map(({ deployment }) => deployment)).toEqual(['new', 'old']);
    expect(
      alike(
        Array.from({ length: 9 }, () => recordWith()),
        planned,
      ),
    ).toHaveLength(5);
  });

  test('The time that people took is not counted', () => {
    const past = precedentOf(
      recordWith({ fleetSize: 4 }),
      steps({ Provision: 200, Approval: 300, Queue: 60 }),
    );
    expect(past).toMatchObject({ totalSeconds: 240, instances: 4, stateSeconds: { Provision: 200 } });
  });

  test('The same fleet takes the median of its earlier times', () => {
    const past = [600, 1_200, 660].map((seconds, index) =>
      precedentOf(
        recordWith({ deployment: `d${String(index)}`, closedAt: seconds * 1_000, fleetSize: 4 }),
        steps({ Provision: 200 }),
      ),
    );
    expect(estimateDuration(past, durationWith(recordWith()))).toEqual({
      minutes: 11,
      basis: 'history',
      from: ['d0', 'd1', 'd2'],
      assumptions: [],
      stateSeconds: { Provision: 200 },
    });
  });

  test('A greater fleet takes longer by its batches, and the estimate says so', () => {
    const record = recordWith(
      {},
      { provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' }, maxConcurrency: '1' } },
    );
    const past = [precedentOf({ ...record, fleetSize: 2 }, steps({ Provision: 200 }))];
    const found = estimateDuration(past, durationWith(record, 6));
    // Two runs in sequence were two batches; six runs are six.
    expect(found.stateSeconds.Provision).toBe(600);
    expect(found.minutes).toBe(16.7);
    expect(found.assumptions).toHaveLength(1);
  });

  test('Without earlier deployments the estimate uses assumptions, and lists them', () => {
    const found = estimateDuration([], durationWith(recordWith(golden)));
    expect(found).toMatchObject({ basis: 'assumptions', from: [] });
    expect(found.assumptions.join(' ')).toContain('a run of Ansible takes 2 minutes');
    expect(found.minutes).toBeGreaterThan(7);
  });

  test.each([
    [100, 120, 4, 4],
    [100, 120, 12, 4],
    [90, 110, 10, 5],
    [100, 200, 20, 1],
    [100, 110, 0, 0],
  ])('A refresh from %i to %i %% of %i instances takes %i rounds', (least, most, instances, expected) => {
    const rollout = { minHealthyPercentage: least, maxHealthyPercentage: most };
    expect(waves(rollout as never, instances)).toBe(expected);
  });
});

describe('The estimate of the cost', () => {
  const costWith = (record: DeploymentRecord) =>
    estimateCost(
      {
        record,
        settings: record.settings,
        extraInstances: 2,
        vcpusPerInstance: 2,
        stateSeconds: { LaunchBuilder: 600, Provision: 1_200, Rollout: 3_600 },
        imageGib: 8,
      },
      listPrices,
    );

  test('A builder and a rollout cost instance hours, an image its storage', () => {
    const { lines, dollars } = costWith(recordWith(golden));
    const quantities = Object.fromEntries(lines.map(({ unit, quantity }) => [unit, quantity]));
    // The builder runs for half an hour, and two extra instances for an hour, with two vCPUs each.
    expect(quantities).toMatchObject({ 'vCPU-hour': 5, 'GB-month': 8, transition: 20 });
    expect(dollars).toBeCloseTo(5 * 0.0535 + 8 * 0.05, 2);
  });

  test('Provisioning in place costs no instance, and a ready image no storage', () => {
    expect(costWith(recordWith()).lines.map(({ unit }) => unit)).not.toContain('vCPU-hour');
    const ready = costWith(recordWith({ image: 'ami-1' })).lines.map(({ unit }) => unit);
    expect(ready).not.toContain('GB-month');
  });

  test('The embedded cloud charges the same', () => {
    const used = {
      counters: {},
      meters: { stateTransitions: 1, lambdaRequests: 1, instanceHours: 1, imageGbMonths: 1 },
    };
    const { items } = priceOf(used, irelandPrices);
    const { stateTransition, lambdaRequest, vcpuHour, imageGbMonth } = listPrices;
    const rounded = (dollars: number): string => dollars.toFixed(10);
    expect(items.map(({ dollars }) => rounded(dollars))).toEqual(
      [stateTransition, lambdaRequest, 2 * vcpuHour, imageGbMonth].map(rounded),
    );
  });

  test('For a GB-second the estimate takes the price of arm64, and the embedded cloud that of x86 for every function', () => {
    const { items } = priceOf({ counters: {}, meters: { lambdaGbSeconds: 1 } }, irelandPrices);
    expect(items.map(({ dollars }) => dollars)).toEqual([dollarsPer.lambdaGbSecondX86]);
    expect(listPrices.lambdaGbSecond).toBe(dollarsPer.lambdaGbSecondArm64);
    const { provider } = parse(readFileSync('serverless.yml', 'utf8')) as {
      readonly provider: { readonly architecture: string };
    };
    expect(provider.architecture).toBe('arm64');
  });

  test('Prices that are given replace those of the list', () => {
    const asked = parsePlanRequest({ application: 'api', version: 'v1', prices: { vcpuHour: 1 } });
    expect(pricesFor(asked)).toEqual({ ...listPrices, vcpuHour: 1 });
    expect(() => parsePlanRequest({ application: 'api', version: 'v1', prices: { vcpuHour: -1 } })).toThrow(
      'not a request for a plan',
    );
  });
});

test.each<[string, unknown, unknown, object[]]>([
  ['equal', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
  ['changed', { a: { b: 1 } }, { a: { b: 2 } }, [{ field: 'a.b', before: '1', after: '2' }]],
  [
    'added and removed',
    { a: true },
    { b: 'x' },
    [
      { field: 'a', before: 'true' },
      { field: 'b', after: 'x' },
    ],
  ],
  [
    'tags in another order',
    {
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    },
    {
      Tags: [
        { Key: 'b', Value: '3' },
        { Key: 'a', Value: '1' },
      ],
    },
    [{ field: 'Tags[b]', before: '2', after: '3' }],
  ],
  ['nothing', undefined, {}, []],
])('A difference lists fields that are %s', (_, before, after, expected) => {
  expect(diffFields(before, after)).toEqual(expected);
});
