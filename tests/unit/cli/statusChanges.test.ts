import { differingKeys, driftOf, type DriftSubject } from '../../../cli/queries/drift';
import type { Status } from '../../../cli/queries/status';
import { statusChanges } from '../../../cli/views/statusChanges';
import { styleOf } from '../../../cli/terminal/style';
import type { Release } from '../../../lib/engine/releases';

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

const release = (version: string, template: string, state: Release['state'] = 'good') =>
  ({ version, state, launchTemplate: { id: 'lt-1', version: template } }) as Release;
const subject: DriftSubject = {
  releases: [release('v3', '5', 'bad'), release('v2', '4'), release('v1', '3')],
  instances: [{ id: 'i-1', zone: 'a', lifecycle: 'InService', version: 'v2', protected: false }],
  settings: { targetGroups: undefined, launchTemplate: undefined },
  group: { launchTemplate: { id: 'lt-1', name: 'api', version: '4' }, targetGroupArns: ['one'] },
  scaling: [],
};

test('A fleet that runs the last good release as the settings say has no drift', () => {
  expect(driftOf(subject)).toEqual({ release: 'v2', instances: [], settings: [] });
});

test('Instances of another version, of none, or half provisioned are drift; without a release there is no drift', () => {
  const [one] = subject.instances;
  const instances = ['v1', undefined, 'tainted', 'v2'].map((version, index) => ({
    ...(one as NonNullable<typeof one>),
    id: `i-${String(index)}`,
    version: version as string,
  }));
  expect(driftOf({ ...subject, instances }).instances).toEqual(['i-0', 'i-1', 'i-2']);
  expect(driftOf({ ...subject, instances, releases: [] })).toEqual({ instances: [], settings: [] });
});

test.each<[string, Partial<DriftSubject>, string]>([
  [
    'another launch template version than the release',
    { group: { ...subject.group, launchTemplate: { id: 'lt-1', name: 'api', version: '9' } } },
    'the group uses version 9 of launch template api, release v2 is version 4',
  ],
  [
    'another launch template than the release',
    { group: { ...subject.group, launchTemplate: { id: 'lt-2', name: 'other', version: '1' } } },
    'the group uses version 1 of launch template other, release v2 is version 4 of lt-1',
  ],
  [
    'another launch template than the settings name',
    { settings: { launchTemplate: 'web', targetGroups: undefined } },
    'the group uses launch template api, the settings say web',
  ],
  [
    'no launch template',
    { group: { ...subject.group, launchTemplate: undefined } },
    'the group has no launch template',
  ],
  [
    'other target groups',
    { settings: { launchTemplate: undefined, targetGroups: ['two'] } },
    'the group is attached to other target groups than the settings say',
  ],
  [
    'a changed alarm',
    {
      scaling: [
        {
          kind: 'alarm',
          change: 'change',
          name: 'errors',
          before: { Threshold: 5, Period: 60, Unit: 'Count' },
          wrote: { Threshold: 9, Period: 60 },
        },
      ],
    },
    'alarm errors differs from the settings in Threshold, Unit',
  ],
  [
    'a missing policy',
    { scaling: [{ kind: 'scaling-policy', change: 'add', name: 'cpu', before: null, wrote: {} }] },
    'scaling policy cpu is missing',
  ],
  [
    'a policy that is left',
    { scaling: [{ kind: 'scaling-policy', change: 'remove', name: 'cpu', before: {}, wrote: null }] },
    'scaling policy cpu stands in the settings no more',
  ],
])('The status shows as drift: %s', (_, more, expected) => {
  expect(driftOf({ ...subject, ...more }).settings).toEqual([expected]);
});

test('Target groups in another order are the same', () => {
  const group = { ...subject.group, targetGroupArns: ['two', 'one'] };
  const settings = { launchTemplate: undefined, targetGroups: ['one', 'two'] };
  expect(driftOf({ ...subject, group, settings }).settings).toEqual([]);
  expect(differingKeys({ before: { a: [1] }, wrote: { a: [1] } })).toEqual([]);
});

test('Instances that terminate are no drift', () => {
  const [one] = subject.instances as [DriftSubject['instances'][number]];
  const instances = ['Terminating', 'Terminating:Wait', 'Terminated', 'InService'].map(
    (lifecycle, index) => ({
      ...one,
      id: `i-${String(index)}`,
      lifecycle,
      version: 'v1',
    }),
  );
  expect(driftOf({ ...subject, instances }).instances).toEqual(['i-3']);
});

test('Older instances are no drift from a release that only new ones get, until a rollback has replaced them', () => {
  const [one] = subject.instances as [DriftSubject['instances'][number]];
  const instances = [{ ...one, version: 'v1' }];
  const future = { ...release('v2', '4'), newInstancesOnly: true as const };
  expect(driftOf({ ...subject, instances, releases: [future] }).instances).toEqual([]);
  const restored = { ...future, restoredAt: 1 };
  expect(driftOf({ ...subject, instances, releases: [restored] }).instances).toEqual(['i-1']);
});
