import { createHash } from 'node:crypto';
import { isForNewInstances } from '../engine/releases';
import { lacksOf } from '../fleet/adoption';
import { isGone } from '../fleet/members';
import { same } from '../scaling/definitions';
import type { ScalingChange } from '../scaling/diff';
import { instancesMend, ownerMend, scalingMend, targetGroupsMend, templateMend } from './mend';
import { type DriftInstance, type DriftSubject, releaseToRun } from './subject';

/** What CloudTrail is asked to find out who did it. */
export interface TrailQuestion {
  /** API actions that do it. */
  readonly actions: readonly string[];
  /** Names or ids that the request has to mention, each of them. */
  readonly mentions: readonly string[];
  /** A member that the request has to have, one of them. */
  readonly members?: readonly string[];
}

/** One difference of a fleet from what Forseti left. */
export interface DriftFinding {
  /** `PLACE|STATE`: the same for as long as it is the same difference; of the same place where it changes. */
  readonly key: string;
  readonly part: 'template' | 'target groups' | 'scaling' | 'tags' | 'instances';
  /** A sentence without a full stop. */
  readonly what: string;
  /** It follows from settings that no deployment has brought to the fleet yet: nobody has changed the fleet. */
  readonly pending: boolean;
  /** The command that puts it back. */
  readonly mend: string;
  readonly trail: TrailQuestion;
}

/** The keys in which two definitions differ. */
export const differingKeys = ({ before, wrote }: Pick<ScalingChange, 'before' | 'wrote'>): string[] =>
  [...new Set([...Object.keys(before ?? {}), ...Object.keys(wrote ?? {})])]
    .filter((key) => !same({ value: before?.[key] }, { value: wrote?.[key] }))
    .sort();

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);

const scalingText = (change: ScalingChange): string => {
  const what = `${change.kind === 'alarm' ? 'alarm' : 'scaling policy'} ${change.name}`;
  if (change.change === 'add') return `${what} is missing`;
  if (change.change === 'remove') return `${what} stands in the settings no more`;
  return `${what} differs from the settings in ${differingKeys(change).join(', ')}`;
};

const scalingActions = ({ kind, change }: ScalingChange): string[] =>
  kind === 'alarm'
    ? change === 'add'
      ? ['DeleteAlarms']
      : ['PutMetricAlarm', 'DisableAlarmActions', 'EnableAlarmActions']
    : [change === 'add' ? 'DeletePolicy' : 'PutScalingPolicy'];

const scalingFindings = (subject: DriftSubject): DriftFinding[] =>
  subject.scaling.map((change) => {
    const { kind, name, before } = change;
    const asDeployed =
      subject.deployed?.scaling.some((one) => one.kind === kind && one.name === name) !== true;
    return {
      key: `${kind}:${name}|${change.change}:${hashOf(before)}`,
      part: 'scaling',
      what: scalingText(change),
      // Nobody knows what a release without a deployment has written.
      pending: asDeployed,
      mend: scalingMend(subject, change),
      trail: {
        actions: scalingActions(change),
        mentions: kind === 'alarm' ? [name] : [name, subject.group.name],
      },
    };
  });

const problemFindings = ({ problem, application, group, deployed }: DriftSubject): DriftFinding[] =>
  problem === undefined
    ? []
    : [
        {
          key: `scaling-problem|${hashOf(problem)}`,
          part: 'scaling',
          what: problem,
          // With the settings that were deployed it went well then.
          pending: deployed?.problem !== problem,
          mend: `forseti plan ${application}`,
          trail: {
            actions: ['DetachLoadBalancerTargetGroups', 'DetachTrafficSources'],
            mentions: [group.name],
          },
        },
      ];

/** `$Latest` and `$Default` with the number that they stand for now. */
const versionText = (version: string, template: DriftSubject['template']): string => {
  if (!template || !version.startsWith('$')) return version;
  return `${version} (now ${version === '$Latest' ? template.latestVersion : template.defaultVersion})`;
};

const templateFindings = (subject: DriftSubject): DriftFinding[] => {
  const { group, settings, template } = subject;
  const used = group.launchTemplate;
  const release = releaseToRun(subject);
  const finding = (key: string, what: string, pending: boolean): DriftFinding => ({
    key: `template|${key}`,
    part: 'template',
    what,
    pending,
    mend: templateMend(subject, release),
    trail: {
      actions: ['UpdateAutoScalingGroup', 'StartInstanceRefresh'],
      mentions: [group.name],
      members: ['launchTemplate', 'mixedInstancesPolicy', 'launchConfigurationName', 'desiredConfiguration'],
    },
  });
  if (!used) return [finding('none', 'the group has no launch template', release === undefined)];
  const version = versionText(used.version, template);
  const wanted = settings.launchTemplate;
  const asReleased =
    release?.launchTemplate.id === used.id && release.launchTemplate.version === used.version;
  if (wanted !== undefined && wanted !== used.id && wanted !== used.name)
    return [
      finding(
        `${used.id}:${version}`,
        `the group uses launch template ${used.name}, the settings say ${wanted}`,
        !release || asReleased,
      ),
    ];
  if (!release || asReleased) return [];
  return [
    finding(
      `${used.id}:${version}`,
      `the group uses version ${version} of launch template ${used.name}, release ${release.version} is ` +
        (release.launchTemplate.id === used.id
          ? `version ${release.launchTemplate.version}`
          : `version ${release.launchTemplate.version} of ${release.launchTemplate.id}`),
      false,
    ),
  ];
};

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  [...a].sort().join() === [...b].sort().join();

const targetGroupFindings = (subject: DriftSubject): DriftFinding[] => {
  const { group, settings, deployed } = subject;
  const wanted = settings.targetGroups;
  if (wanted === undefined || sameList(wanted, group.targetGroupArns)) return [];
  const before = deployed?.settings.targetGroups;
  return [
    {
      key: `target-groups|${hashOf([...group.targetGroupArns].sort())}`,
      part: 'target groups',
      what: 'the group is attached to other target groups than the settings say',
      pending: before === undefined || sameList(before, group.targetGroupArns),
      mend: targetGroupsMend(subject, wanted),
      trail: {
        actions: [
          'DetachLoadBalancerTargetGroups',
          'AttachLoadBalancerTargetGroups',
          'DetachTrafficSources',
          'AttachTrafficSources',
        ],
        mentions: [group.name],
      },
    },
  ];
};

const tagFindings = ({ application, region, group, template, ...rest }: DriftSubject): DriftFinding[] =>
  lacksOf({ application, region, group, templateTags: template?.tags }).map((lack) => ({
    key: `tags:${lack.what}|${lack.id}:${hashOf(lack.problem)}`,
    part: 'tags',
    what: lack.problem.replace(/\.$/, ''),
    pending: releaseToRun({ ...rest, group }) === undefined,
    mend: ownerMend(lack),
    trail: { actions: ['DeleteTags', 'CreateOrUpdateTags', 'CreateTags'], mentions: [lack.id] },
  }));

const instanceFindings = (subject: DriftSubject): { ids: readonly string[]; findings: DriftFinding[] } => {
  const release = releaseToRun(subject);
  if (!release) return { ids: [], findings: [] };
  // Older instances of a release that only new instances get stay as they are.
  const stays = ({ launchedAt }: DriftInstance): boolean =>
    isForNewInstances(release) && (launchedAt === undefined || launchedAt < release.markedAt);
  const others = subject.instances.filter(
    (one) => one.version !== release.version && !isGone({ lifecycle: one.lifecycle }) && !stays(one),
  );
  const ids = others.map(({ id }) => id);
  const known = others.filter(
    ({ launchedAt }) =>
      subject.deployed?.leavesInstances === true && launchedAt !== undefined && launchedAt < release.markedAt,
  );
  const strange = others.filter((one) => !known.includes(one));
  const shown = strange.length > 0 ? strange : others;
  if (shown.length === 0) return { ids, findings: [] };
  const versions = [...new Set(shown.map(({ version = 'an unknown version' }) => version))].sort();
  const count = shown.length === 1 ? 'instance runs' : 'instances run';
  return {
    ids,
    findings: [
      {
        key: `instances|${release.release}:${versions.join(',')}`,
        part: 'instances',
        what: `${String(shown.length)} ${count} ${versions.join(', ')} instead of ${release.version}: ${named(shown.map(({ id }) => id))}`,
        pending: strange.length === 0,
        mend: instancesMend(
          subject,
          shown.map(({ id }) => id),
        ),
        trail: {
          actions: ['AttachInstances', 'CreateTags', 'DeleteTags'],
          mentions: shown.slice(0, 1).map(({ id }) => id),
        },
      },
    ],
  };
};

/** Up to so many instances are named. */
const maxNamed = 5;
const named = (ids: readonly string[]): string =>
  ids.slice(0, maxNamed).join(', ') +
  (ids.length > maxNamed ? `, and ${String(ids.length - maxNamed)} more` : '');

/** How a fleet differs from its release and its settings. Sizes are no drift: capacity belongs to scaling. */
export interface Drift {
  /** The release that the fleet should run. */
  readonly release?: string;
  /** Ids of instances that run another version. */
  readonly instances: readonly string[];
  /** All other differences, a sentence each. */
  readonly settings: readonly string[];
}

export interface JudgedDrift {
  readonly drift: Drift;
  readonly findings: readonly DriftFinding[];
}

/** The drift of a fleet at rest. While a deployment runs, differences are its work and no drift. */
export const judgeDrift = (subject: DriftSubject): JudgedDrift => {
  const release = releaseToRun(subject);
  const instances = instanceFindings(subject);
  const others = [
    ...templateFindings(subject),
    ...targetGroupFindings(subject),
    ...scalingFindings(subject),
    ...problemFindings(subject),
    ...tagFindings(subject),
  ];
  return {
    drift: {
      ...(release && { release: release.version }),
      instances: instances.ids,
      settings: others.map(({ what }) => what),
    },
    findings: [...others, ...instances.findings],
  };
};
