import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../lib/application/store';
import { storesOf } from './deployments';
import { type Doing, doingsOf } from './doings';
import { UsageError } from './exitCodes';
import { type InstanceStatus, instancesOf } from './instances';
import {
  type FreezeStatus,
  freezesOf,
  type ReleaseStatus,
  releasesOf,
  releaseStatus,
  type RolledBack,
} from './releaseStatus';
import type { Session } from './session';

export interface Status {
  readonly application: string;
  readonly settingsVersion: number;
  readonly group: string;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly suspended: readonly string[];
  readonly launchTemplate?: string;
  readonly instances: readonly InstanceStatus[];
  /** The newest first. `at` is epoch ms. */
  readonly activities: readonly {
    readonly at: number;
    readonly status: string;
    readonly description: string;
  }[];
  /** What runs, else what ended last; running where it has no outcome. */
  readonly deployment?: Doing;
  /** Where that was refused: what touched the fleet last. */
  readonly before?: Doing;
  /** What else is open. */
  readonly waiting: readonly Doing[];
  readonly frozen: readonly FreezeStatus[];
  /** The newest first. */
  readonly releases: readonly ReleaseStatus[];
  /** The last rollback, until a person acts. */
  readonly rolledBack?: RolledBack;
}

/** So many releases are told. */
const shownReleases = 5;

const describeGroup = async (
  session: Session,
  application: string,
  name: string,
): Promise<AutoScalingGroup> => {
  const { AutoScalingGroups: [group] = [] } = await session
    .connect(AutoScalingClient)
    .send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }));
  if (group) return group;
  throw new UsageError(
    `The settings of ${application} name the Auto Scaling group ${name}, which does not exist in ${session.region}.`,
  );
};

const activitiesOf = async (
  session: Session,
  groupName: string,
  most: number,
): Promise<Status['activities']> => {
  const { Activities: found = [] } = await session
    .connect(AutoScalingClient)
    .send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: groupName, MaxRecords: most }));
  return found.slice(0, most).map((activity) => ({
    at: activity.StartTime?.getTime() ?? 0,
    status: activity.StatusCode ?? '',
    description: activity.Description ?? '',
  }));
};

const groupStatus = (
  group: AutoScalingGroup,
): Pick<Status, 'desired' | 'min' | 'max' | 'suspended' | 'launchTemplate'> => {
  const template =
    group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  return {
    desired: group.DesiredCapacity ?? 0,
    min: group.MinSize ?? 0,
    max: group.MaxSize ?? 0,
    suspended: (group.SuspendedProcesses ?? []).map(({ ProcessName: name = '' }) => name).sort(),
    ...(template && {
      launchTemplate: `${template.LaunchTemplateName ?? template.LaunchTemplateId ?? ''} version ${template.Version ?? '$Default'}`,
    }),
  };
};

/** What an application's fleet looks like now. @throws UnknownApplication, UsageError where its group is gone. */
export const statusOf = async (session: Session, application: string, most = 5): Promise<Status> => {
  const { settings, version: settingsVersion } = await readSettings(
    session.connect(SSMClient),
    session.names.settingsPrefix,
    application,
  );
  const stores = storesOf(session);
  const [group, lock, releases, activities, frozen] = await Promise.all([
    describeGroup(session, application, settings.group),
    stores.locks.read(settings.group),
    releasesOf(session, application),
    activitiesOf(session, settings.group, most),
    freezesOf(session, application, settings),
  ]);
  const [instances, doings] = await Promise.all([
    instancesOf(session, group, releases),
    doingsOf(session, application, lock, stores),
  ]);
  return {
    application,
    settingsVersion,
    group: settings.group,
    ...groupStatus(group),
    instances,
    activities,
    ...doings,
    frozen,
    releases: releases.slice(0, shownReleases).map(releaseStatus),
    ...(lock?.rolledBack && { rolledBack: lock.rolledBack }),
  };
};
