import { differingKeys, judgeDrift } from '../../../lib/drift/findings';
import type { Deployed, DriftSubject } from '../../../lib/drift/subject';
import type { Release } from '../../../lib/engine/releases';
import type { ScalingChange } from '../../../lib/scaling/diff';

const now = Date.UTC(2026, 10, 22, 8);
const driftOf = (of: DriftSubject) => judgeDrift(of).drift;

const release = (version: string, template: string, state: Release['state'] = 'good') =>
  ({
    application: 'api',
    release: `${version}#deployment-${version}`,
    deployment: `deployment-${version}`,
    group: 'api',
    image: `ami-${version}`,
    markedBy: 'ada',
    markedAt: now,
    version,
    state,
    launchTemplate: { id: 'lt-1', version: template },
  }) satisfies Release;
const subject: DriftSubject = {
  releases: [release('v3', '5', 'bad'), release('v2', '4'), release('v1', '3')],
  application: 'api',
  region: 'eu-west-1',
  instances: [{ id: 'i-1', lifecycle: 'InService', version: 'v2', launchedAt: now - 1 }],
  settings: { targetGroups: undefined, launchTemplate: undefined },
  group: {
    name: 'api',
    launchTemplate: { id: 'lt-1', name: 'api', version: '4' },
    targetGroupArns: ['one'],
    mixed: undefined,
    tags: { 'forseti:application': 'api' },
  },
  scaling: [],
};

test('A fleet that runs the last good release as the settings say has no drift', () => {
  expect(driftOf(subject)).toEqual({ release: 'v2', instances: [], settings: [] });
});

test('Instances of another version, of none, or half provisioned are drift; without a release there is no drift', () => {
  const instances = ['v1', undefined, 'tainted', 'v2'].map((version, index) => ({
    id: `i-${String(index)}`,
    lifecycle: 'InService',
    ...(version !== undefined && { version }),
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

const policy: ScalingChange = {
  kind: 'scaling-policy',
  change: 'change',
  name: 'forseti-cpu',
  before: { TargetValue: 60 },
  wrote: { TargetValue: 50 },
};
const deployed: Deployed = {
  settings: { targetGroups: ['one'], launchTemplate: undefined },
  leavesInstances: false,
  scaling: [],
};
/** Whether each finding waits for a deployment. */
const pending = (more: Partial<DriftSubject>) =>
  judgeDrift({ ...subject, ...more }).findings.map((finding) => finding.pending);

test.each<[string, Partial<DriftSubject>, boolean]>([
  ['a policy as it was deployed, whose settings have changed since', { scaling: [policy], deployed }, true],
  [
    'a policy that is otherwise than it was deployed',
    { scaling: [policy], deployed: { ...deployed, scaling: [policy] } },
    false,
  ],
  ['a policy of a release that no deployment made', { scaling: [policy] }, true],
  [
    'target groups as they were deployed',
    { settings: { launchTemplate: undefined, targetGroups: ['two'] }, deployed },
    true,
  ],
  [
    'target groups that are otherwise than they were deployed',
    {
      settings: { launchTemplate: undefined, targetGroups: ['two'] },
      deployed: { ...deployed, settings: { launchTemplate: undefined, targetGroups: ['two'] } },
    },
    false,
  ],
  [
    'settings that name another launch template since',
    { settings: { targetGroups: undefined, launchTemplate: 'web' } },
    true,
  ],
  ['a group without its tag', { group: { ...subject.group, tags: {} } }, false],
  [
    'a group without its tag that was never deployed to',
    { group: { ...subject.group, tags: {} }, releases: [] },
    true,
  ],
  ['a group without a launch template', { group: { ...subject.group, launchTemplate: undefined } }, false],
])('Only what somebody did to the fleet is drift: %s', (_, more, expected) => {
  expect(pending(more)).toEqual([expected]);
});

test.each<[string, boolean, number, readonly boolean[]]>([
  ['from before a release that replaced nobody', true, now - 1, [true]],
  ['launched after it', true, now + 1, [false]],
  ['from before a release that replaced all', false, now - 1, [false]],
])('An instance of another version %s is judged by that', (_, leavesInstances, launchedAt, expected) => {
  const instances = [{ id: 'i-1', lifecycle: 'InService', version: 'v1', launchedAt }];
  expect(pending({ instances, deployed: { ...deployed, leavesInstances } })).toEqual(expected);
});

test('An instance that is on its way out is no drift', () => {
  const instances = ['Terminating', 'Terminating:Wait', 'Detaching'].map((lifecycle) => ({
    id: lifecycle,
    lifecycle,
    version: 'v1',
  }));
  expect(judgeDrift({ ...subject, instances })).toEqual({
    drift: { release: 'v2', instances: [], settings: [] },
    findings: [],
  });
});

test('A difference keeps its key as long as it is the same, and its place where it changes', () => {
  const keyOf = (version: string, latest = '7') =>
    judgeDrift({
      ...subject,
      group: { ...subject.group, launchTemplate: { id: 'lt-1', name: 'api', version } },
      template: { tags: { 'forseti:application': 'api' }, defaultVersion: '1', latestVersion: latest },
    }).findings.map(({ key }) => key)[0] ?? '';
  expect(keyOf('9')).toBe(keyOf('9'));
  const keys = [keyOf('9'), keyOf('$Default'), keyOf('$Latest'), keyOf('$Latest', '8')];
  expect(new Set(keys).size).toBe(4);
  expect(new Set(keys.map((key) => key.split('|')[0])).size).toBe(1);
});

test('Of many instances a few are named, and the command replaces all of them', () => {
  const instances = Array.from({ length: 9 }, (_, index) => ({
    id: `i-${String(index)}`,
    lifecycle: 'InService',
    version: index % 2 === 0 ? 'v1' : 'v0',
  }));
  const [finding] = judgeDrift({ ...subject, instances }).findings;
  expect(finding?.what).toBe('9 instances run v0, v1 instead of v2: i-0, i-1, i-2, i-3, i-4, and 4 more');
  expect(finding?.mend).toMatch(/^for instance in i-0 .* i-8; do forseti replace api "\$instance"/);
});

test('The release that a fleet should run was made for its group, whatever launch template the group has now', () => {
  const others = [{ ...release('v9', '9'), group: 'other' }, ...subject.releases];
  expect(driftOf({ ...subject, releases: others }).release).toBe('v2');
});

test('Instances that terminate are no drift', () => {
  const instances = ['Terminating', 'Terminating:Wait', 'Terminated', 'InService'].map(
    (lifecycle, index) => ({
      id: `i-${String(index)}`,
      lifecycle,
      version: 'v1',
    }),
  );
  expect(driftOf({ ...subject, instances }).instances).toEqual(['i-3']);
});

test('Older instances are no drift from a release that only new ones get, until a rollback has replaced them', () => {
  const instances = [{ id: 'i-1', lifecycle: 'InService', version: 'v1', launchedAt: now - 1 }];
  const future = { ...release('v2', '4'), newInstancesOnly: true as const };
  expect(driftOf({ ...subject, instances, releases: [future] }).instances).toEqual([]);
  const younger = instances.map((one) => ({ ...one, launchedAt: now + 1 }));
  expect(driftOf({ ...subject, instances: younger, releases: [future] }).instances).toEqual(['i-1']);
  const restored = { ...future, restoredAt: 1 };
  expect(driftOf({ ...subject, instances, releases: [restored] }).instances).toEqual(['i-1']);
});
