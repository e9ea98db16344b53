import type { ApplicationSettings } from '../application/schema';
import type { Tags } from '../aws/tags';
import { isGoodRelease, type Release } from '../engine/releases';
import type { Group } from '../fleet/group';
import type { ScalingChange } from '../scaling/diff';

/** A member of the fleet, and what it runs. */
export interface DriftInstance {
  readonly id: string;
  /** `InService`, `Terminating:Wait`, ... */
  readonly lifecycle: string;
  /** From its tag, else from the release whose launch template version it was launched from. */
  readonly version?: string;
  /** Epoch milliseconds. */
  readonly launchedAt?: number;
}

type WhatIsCompared = Pick<ApplicationSettings, 'targetGroups' | 'launchTemplate'>;

/** What the deployment of the current release left behind: no drift, whatever the settings say since. */
export interface Deployed {
  readonly settings: WhatIsCompared;
  /** Instances from before the release stay as they are: nothing was provisioned on them, and nobody replaced. */
  readonly leavesInstances: boolean;
  /** How the policies and alarms differ from those that it wrote. */
  readonly scaling: readonly ScalingChange[];
  /** Why they could not be compared. */
  readonly problem?: string;
}

/** All that the drift of one fleet is judged by. */
export interface DriftSubject {
  readonly application: string;
  readonly region: string;
  readonly settings: WhatIsCompared;
  readonly group: Pick<Group, 'name' | 'launchTemplate' | 'mixed' | 'targetGroupArns' | 'tags'>;
  /** The launch template that the group uses, where it was read and is there. */
  readonly template?: {
    readonly tags: Tags;
    readonly defaultVersion: string;
    readonly latestVersion: string;
  };
  /** Of the application, the newest first, also those of other fleets. */
  readonly releases: readonly Release[];
  readonly instances: readonly DriftInstance[];
  /** How policies and alarms differ from the settings. */
  readonly scaling: readonly ScalingChange[];
  /** Why policies and alarms could not be compared. */
  readonly problem?: string;
  /** Unknown for a release that no deployment made. */
  readonly deployed?: Deployed;
}

/** The release that the fleet should run: the last good one that was made for this group. */
export const releaseToRun = ({
  releases,
  group,
}: Pick<DriftSubject, 'releases'> & { readonly group: Pick<Group, 'name'> }): Release | undefined =>
  releases.find((release) => isGoodRelease(release) && release.group === group.name);
