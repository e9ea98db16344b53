import type { DeploymentRecord } from '../../../lib/engine/record';
import { changesOf } from '../../../lib/history/changes';
import { type Dora, doraOf, median } from '../../../lib/history/dora';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const from = Date.UTC(2026, 10, 1);
const period = { from, until: from + 10 * day };

const base = { item: 'record', application: 'api', version: 'v1', kind: 'deployment' } as const;

const deployed = (deployment: string, at: number, more: Partial<DeploymentRecord> = {}) => ({
  ...base,
  deployment,
  outcome: 'Deployed',
  acceptedAt: at - 10 * minute,
  completedAt: at,
  closedAt: at + 1_000,
  ...more,
});

const undone = (
  deployment: string,
  at: number,
  outcome: 'RolledBack' | 'Dirty' | 'Rejected' | 'Superseded',
  more: Partial<DeploymentRecord> = {},
) => ({
  ...base,
  deployment,
  outcome,
  acceptedAt: at - 20 * minute,
  closedAt: at,
  failure: { state: 'Rollout', error: 'RolloutFailed', message: '', problems: [], at: at - 5 * minute },
  ...more,
});

const rollback = (deployment: string, to: string, at: number, more: Partial<DeploymentRecord> = {}) =>
  deployed(deployment, at, {
    kind: 'rollback',
    outcome: 'RolledBack',
    target: { release: `2026-10-30T00:00:00.000Z#${to}`, withdraws: [] },
    ...more,
  });

const figures = (records: readonly object[]): Dora =>
  doraOf(changesOf(records as readonly DeploymentRecord[]), period);

test('An empty history has nothing to measure, and says so', () => {
  expect(figures([])).toEqual({
    from: '2026-11-01T00:00:00.000Z',
    until: '2026-11-11T00:00:00.000Z',
    deploymentFrequency: { deployments: 0, perDay: 0 },
    leadTime: { measured: 0 },
    changeFailureRate: { count: 0, of: 0 },
    timeToRestore: { measured: 0, open: 0 },
    reworkRate: { count: 0, of: 0 },
  });
  expect(doraOf([], { from, until: from }).deploymentFrequency.perDay).toBe(0);
});

test('Deployments that run, and those that ended outside of the period, are not counted', () => {
  const running = { ...base, deployment: 'd', acceptedAt: from + day };
  const found = figures([
    deployed('before', from - 1),
    deployed('first', from),
    deployed('late', period.until),
    running,
  ]);
  expect(found.deploymentFrequency).toEqual({ deployments: 1, perDay: 0.1 });
  expect(found.changeFailureRate).toEqual({ rate: 0, count: 0, of: 1 });
});

test('Lead time is from the push of the tag until the release is good, of deployments that a tag asked for', () => {
  const { leadTime } = figures([
    deployed('a', from + hour, { pushedAt: from + hour - 12 * minute }),
    deployed('b', from + 2 * hour, { pushedAt: from + 2 * hour - 20 * minute }),
    deployed('by-hand', from + 3 * hour),
    undone('failed', from + 4 * hour, 'RolledBack', { pushedAt: from }),
  ]);
  expect(leadTime).toEqual({ medianSeconds: 16 * 60, measured: 2 });
});

type Expected = [
  failed: number,
  of: number,
  restoredMinutes: number | undefined,
  open: number,
  rework: number,
];

test.each<[string, object[], Expected]>([
  ['one that went well', [deployed('a', from)], [0, 1, undefined, 0, 0]],
  [
    'one that was undone: restored by itself',
    [deployed('a', from), undone('b', from + hour, 'RolledBack')],
    [1, 2, 5, 0, 0],
  ],
  [
    'refused and overtaken ones: nothing was touched',
    [deployed('a', from), undone('b', from + hour, 'Rejected'), undone('c', from + hour, 'Superseded')],
    [0, 1, undefined, 0, 0],
  ],
  ['a dirty one: not restored yet', [undone('a', from + hour, 'Dirty')], [1, 1, undefined, 1, 0]],
  [
    'a dirty one: restored by the next that goes well',
    [undone('a', from + hour, 'Dirty'), deployed('b', from + 2 * hour)],
    [1, 2, 65, 0, 0],
  ],
  [
    'a rollback: the release that ran had failed, and the next deployment is rework too',
    [
      deployed('a', from),
      deployed('b', from + hour),
      rollback('back', 'a', from + 2 * hour),
      deployed('c', from + 3 * hour),
      deployed('d', from + 4 * hour),
    ],
    [1, 4, 10, 0, 2],
  ],
  [
    'a rollback that an alarm asked for: noticed when the alarm went into ALARM',
    [
      deployed('a', from),
      deployed('b', from + hour),
      rollback('back', 'a', from + 2 * hour, {
        alarm: { name: 'x', changedAt: from + 2 * hour - 4 * minute },
      }),
    ],
    [1, 2, 4, 0, 1],
  ],
  [
    'two rollbacks in a row: both releases had failed',
    [
      deployed('a', from),
      deployed('b', from + hour),
      deployed('c', from + 2 * hour),
      rollback('to-b', 'b', from + 3 * hour),
      rollback('to-a', 'a', from + 4 * hour),
    ],
    [2, 3, 10, 0, 2],
  ],
  [
    'a rollback that only undoes what it halted: the one that was halted has failed, nothing else',
    [
      deployed('a', from),
      undone('b', from + hour, 'RolledBack', { handedTo: { deployment: 'back', owner: 'x' } }),
      rollback('back', 'a', from + 2 * hour),
    ],
    [1, 2, 65, 0, 1],
  ],
  [
    'a rollback that did not come through: not restored yet',
    [
      deployed('a', from),
      deployed('b', from + hour),
      { ...rollback('back', 'a', from + 2 * hour, { outcome: 'Dirty' }), completedAt: undefined },
    ],
    [1, 2, undefined, 1, 1],
  ],
  [
    'one in spite of alarms: it counts as a repair',
    [deployed('a', from), deployed('b', from + hour, { despiteAlarms: 'mends it' })],
    [0, 2, undefined, 0, 1],
  ],
])('The figures count: %s', (_, records, [failed, of, restoredMinutes, open, rework]) => {
  const found = figures(records);
  expect(found.changeFailureRate).toMatchObject({ count: failed, of });
  expect(found.timeToRestore.medianSeconds).toBe(
    restoredMinutes === undefined ? undefined : restoredMinutes * 60,
  );
  expect(found.timeToRestore.open).toBe(open);
  expect(found.reworkRate.count).toBe(rework);
});

test('The version at the beginning of the period is read from the deployments before it', () => {
  const found = figures([
    deployed('a', from - 2 * day),
    deployed('b', from - day),
    rollback('back', 'a', from + hour),
  ]);
  // The deployment that failed is not in this period, but its recovery is.
  expect(found.changeFailureRate).toEqual({ count: 0, of: 0 });
  expect(found.timeToRestore).toMatchObject({ medianSeconds: 600, measured: 1 });
  expect(found.reworkRate).toEqual({ rate: 1, count: 1, of: 1 });
});

test.each([
  [[], undefined],
  [[3], 3],
  [[9, 1], 5],
  [[9, 1, 2], 2],
])('The median of %j is %s', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('A deployment that a time-out ended was seen to fail when its compensation began', () => {
  const { timeToRestore } = figures([
    undone('late', from + hour, 'RolledBack', {
      failure: undefined,
      undoneSince: from + hour - 7 * minute,
    } as object),
  ]);
  expect(timeToRestore).toEqual({ medianSeconds: 420, measured: 1, open: 0 });
});

test('A regeneration is no deployment, and mends nothing; a rollback from its release is none of its failures', () => {
  const found = figures([
    deployed('v2', from + hour),
    undone('v3', from + 2 * hour, 'Dirty'),
    deployed('again', from + 3 * hour, { imageFrom: 'running' }),
  ]);
  expect(found.deploymentFrequency.deployments).toBe(1);
  expect(found.changeFailureRate).toMatchObject({ count: 1, of: 2 });
  expect(found.timeToRestore.open).toBe(1);
});
