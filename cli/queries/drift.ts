import type { ApplicationSettings } from '../../lib/application/schema';
import type { LaunchTemplateRef } from '../../lib/engine/record';
import { isForNewInstances, type Release } from '../../lib/engine/releases';
import type { ScalingChange } from '../../lib/scaling/diff';
import { same } from '../../lib/scaling/definitions';
import type { InstanceStatus } from './instances';

/** How a fleet differs from its release and its settings. */
export interface Drift {
  /** The release that the fleet should run. */
  readonly release?: string;
  /** Ids of instances that run another version. */
  readonly instances: readonly string[];
  /** Differences from the settings, a sentence each. */
  readonly settings: readonly string[];
}

export interface DriftSubject {
  readonly releases: readonly Release[];
  readonly instances: readonly InstanceStatus[];
  readonly settings: Pick<ApplicationSettings, 'targetGroups' | 'launchTemplate'>;
  readonly group: {
    readonly launchTemplate: (LaunchTemplateRef & { readonly name: string }) | undefined;
    readonly targetGroupArns: readonly string[];
  };
  readonly scaling: readonly ScalingChange[];
}

/** The keys in which two definitions differ. */
export const differingKeys = ({ before, wrote }: Pick<ScalingChange, 'before' | 'wrote'>): string[] =>
  [...new Set([...Object.keys(before ?? {}), ...Object.keys(wrote ?? {})])]
    .filter((key) => !same({ value: before?.[key] }, { value: wrote?.[key] }))
    .sort();

const scalingText = (change: ScalingChange): string => {
  const what = `${change.kind === 'alarm' ? 'alarm' : 'scaling policy'} ${change.name}`;
  if (change.change === 'add') return `${what} is missing`;
  if (change.change === 'remove') return `${what} stands in the settings no more`;
  return `${what} differs from the settings in ${differingKeys(change).join(', ')}`;
};

const templateText = (
  { launchTemplate: used }: DriftSubject['group'],
  release: Release | undefined,
  { launchTemplate: wanted }: DriftSubject['settings'],
): string[] => {
  if (!used) return ['the group has no launch template'];
  if (wanted !== undefined && wanted !== used.id && wanted !== used.name)
    return [`the group uses launch template ${used.name}, the settings say ${wanted}`];
  if (!release || (release.launchTemplate.id === used.id && release.launchTemplate.version === used.version))
    return [];
  return [
    `the group uses version ${used.version} of launch template ${used.name}, release ${release.version} is ` +
      (release.launchTemplate.id === used.id
        ? `version ${release.launchTemplate.version}`
        : `version ${release.launchTemplate.version} of ${release.launchTemplate.id}`),
  ];
};

const targetGroupsText = (
  { targetGroupArns }: DriftSubject['group'],
  { targetGroups: wanted }: DriftSubject['settings'],
): string[] =>
  wanted === undefined || [...wanted].sort().join() === [...targetGroupArns].sort().join()
    ? []
    : ['the group is attached to other target groups than the settings say'];

/** The drift of a fleet at rest. While a deployment runs, differences are its work and no drift. */
export const driftOf = ({ releases, instances, settings, group, scaling }: DriftSubject): Drift => {
  const release = releases.find(({ state }) => state === 'good');
  return {
    ...(release && { release: release.version }),
    // Instances that leave are no drift, nor older ones of a release that only new instances get.
    instances:
      release && !isForNewInstances(release)
        ? instances
            .filter(
              ({ version, lifecycle }) => version !== release.version && !lifecycle.includes('Terminat'),
            )
            .map(({ id }) => id)
        : [],
    settings: [
      ...templateText(group, release, settings),
      ...targetGroupsText(group, settings),
      ...scaling.map(scalingText),
    ],
  };
};
