import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';
import { describeWindow, nextFreeze } from '../../lib/application/freeze';
import type { ApplicationSettings } from '../../lib/application/schema';
import { isForNewInstances, isGoodRelease, type Release } from '../../lib/engine/releases';
import type { Drift } from '../../lib/drift/findings';
import type { WayBack } from '../../lib/rollback/wayBack';
import type { AnySwitch } from '../../lib/switches/kinds';
import { messageOf, nameOf } from '../../lib/aws/failure';
import { ask } from '../session/ask';
import { checkApplication } from './applications';
import { storesOf } from './deployments';
import {
  type DeploymentStatus,
  type DeploymentStatuses,
  deploymentStatusesOf,
  withoutRefusedRollback,
} from './deploymentStatus';
import { type DriftNote, driftStatus } from './driftStatus';
import { UsageError } from '../terminal/errors';
import { type AlarmStatus, alarmsOf, scalingStatus, type ScalingStatus } from './scalingStatus';
import { type InstanceStatus, instancesOf } from './instances';
import type { RefusedTag } from '../../lib/reporting/refusedTagsMessage';
import { latestRefusedTags } from './refusedTags';
import { fleetItems } from './fleetItems';
import { type FreezeStatus, freezesOf } from './freezeStatus';
import { type ReleaseStatus, releasesOf, releaseStatus, type LastRollback } from './releaseStatus';
import type { Session } from '../session/session';
import { switchesOf } from './switches';

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
  /** The newest first. `at` is epoch milliseconds. */
  readonly activities: readonly {
    readonly at: number;
    readonly status: string;
    readonly description: string;
    /** Why AWS did it, and what it says of how that went, in its own words. */
    readonly cause?: string;
    readonly statusMessage?: string;
  }[];
  /** The one that runs, else the one that ended last; it runs if it has no outcome. */
  readonly deployment?: DeploymentStatus;
  /** If that one was refused: the one that changed the fleet last. */
  readonly before?: DeploymentStatus;
  /** The others that are open. */
  readonly waiting: readonly DeploymentStatus[];
  readonly frozen: readonly FreezeStatus[];
  /**
   * What people have turned on for a while: opened ports, a maintenance page, a warm-up; the newest first. Absent while a
   * deployment or rollback is open: the number of calls is limited, and its state needs them.
   */
  readonly switches?: readonly AnySwitch[];
  /** When the settings' calendar freezes deployments next; epoch milliseconds. */
  readonly nextFreeze?: { readonly at: number; readonly what: string };
  /** The alarms that gate releases, and those that the settings define. */
  readonly alarms: readonly AlarmStatus[];
  /** Absent while a deployment or rollback is open: differences are its work then. */
  readonly drift?: Drift;
  /** The last good release, and how many instances in service run it. */
  readonly current?: {
    readonly release: string;
    readonly inService: number;
    readonly onVersion: number;
    /** Its deployment replaced no instance: only new ones get it. */
    readonly newInstancesOnly: boolean;
  };
  readonly driftNotes?: readonly DriftNote[];
  /** Tags of the last day that led to no deployment and may be about this application; the newest first. */
  readonly refused?: readonly RefusedTag[];
  /** Where a rollback would go to now, and whether it could. Absent while a deployment or rollback is open. */
  readonly wayBack?: WayBack;
  /** The newest first. */
  readonly releases: readonly ReleaseStatus[];
  /** The last rollback, until a person acts. */
  readonly rolledBack?: LastRollback;
}

/** This many releases are shown. */
const maxReleases = 5;

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
  max: number,
): Promise<Status['activities']> => {
  const { Activities: found = [] } = await session
    .connect(AutoScalingClient)
    .send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: groupName, MaxRecords: max }));
  return found.slice(0, max).map((activity) => ({
    at: activity.StartTime?.getTime() ?? 0,
    status: activity.StatusCode ?? '',
    description: activity.Description ?? '',
    ...(activity.Cause !== undefined && { cause: activity.Cause }),
    ...(activity.StatusMessage !== undefined && { statusMessage: activity.StatusMessage }),
  }));
};

const groupStatus = (
  group: AutoScalingGroup,
): Pick<Status, 'desired' | 'min' | 'max' | 'suspended' | 'launchTemplate'> => {
  const template = templateOf(group);
  return {
    desired: group.DesiredCapacity ?? 0,
    min: group.MinSize ?? 0,
    max: group.MaxSize ?? 0,
    suspended: (group.SuspendedProcesses ?? []).map(({ ProcessName: name = '' }) => name).sort(),
    ...(template && {
      launchTemplate: `${template.name || template.id} version ${template.version}`,
    }),
  };
};

/** Alarms, drift of the scaling, and switches. While something is open, only the alarms: see {@link Status}. */
const restStatus = async (
  session: Session,
  application: string,
  settings: ApplicationSettings,
  { deployment }: DeploymentStatuses,
): Promise<
  (ScalingStatus | { readonly alarms: readonly AlarmStatus[] }) & {
    readonly switches?: readonly AnySwitch[];
    readonly wayBack?: WayBack;
  }
> => {
  if (deployment && deployment.outcome === undefined)
    return { alarms: await alarmsOf(session, application, settings) };
  const [scaling, switches, wayBack] = await Promise.all([
    scalingStatus(session, application, settings),
    switchesOf(session, application),
    wayBackOf(session, application),
  ]);
  return { ...scaling, switches, ...(wayBack && { wayBack }) };
};

/** As the stack's own function finds it, in one call. A person who may not invoke it still sees the rest. */
const wayBackOf = async (session: Session, application: string): Promise<WayBack | undefined> => {
  try {
    const { applications } = await ask<{ applications: WayBack[] }>(session, 'WayBack', { application });
    return applications[0];
  } catch (error) {
    const why = `The way back could not be looked at: ${nameOf(error)}: ${messageOf(error)}`;
    return { application, passedOver: [], problems: [why] };
  }
};

const templateOf = ({ LaunchTemplate: own, MixedInstancesPolicy: mixed }: AutoScalingGroup) => {
  const template = own ?? mixed?.LaunchTemplate?.LaunchTemplateSpecification;
  return (
    template && {
      id: template.LaunchTemplateId ?? '',
      name: template.LaunchTemplateName ?? '',
      version: template.Version ?? '$Default',
    }
  );
};

const nextFreezeOf = (settings: ApplicationSettings, now: number): Pick<Status, 'nextFreeze'> => {
  const next = nextFreeze(settings.freeze, now);
  return next ? { nextFreeze: { at: next.from, what: describeWindow(settings.freeze, next.window) } } : {};
};

/**
 * The state of an application's fleet. A fleet of a thousand instances takes no more calls than one of ten.
 * @throws RefusedEarly of an unknown application, UsageError if its group is gone.
 */
export const statusOf = async (session: Session, application: string, maxActivities = 5): Promise<Status> => {
  const { settings, version: settingsVersion } = await checkApplication(session, application);
  const stores = storesOf(session);
  const [group, { lock, byHand, seenDrift }, all, activities, refused] = await Promise.all([
    describeGroup(session, application, settings.group),
    fleetItems(session, application, settings.group),
    releasesOf(session, application),
    activitiesOf(session, settings.group, maxActivities),
    latestRefusedTags(session, application, settings),
  ]);
  const releases = all.filter((release) => release.group === settings.group);
  const [instances, statuses] = await Promise.all([
    instancesOf(session, group, all),
    deploymentStatusesOf(session, application, lock, stores),
  ]);
  const rest = await restStatus(session, application, settings, statuses);
  const { alarms, switches, wayBack } = rest;
  const deployment = withoutRefusedRollback(statuses.deployment, application, wayBack);
  return {
    application,
    settingsVersion,
    group: settings.group,
    ...groupStatus(group),
    instances,
    activities,
    ...statuses,
    ...(deployment && { deployment }),
    frozen: freezesOf(byHand, settings, session.now()),
    ...(switches && { switches: switches.filter(({ offAt }) => offAt === undefined) }),
    ...nextFreezeOf(settings, session.now()),
    alarms,
    ...currentOf(releases, instances),
    ...('changes' in rest &&
      (await driftStatus(session, application, settings, {
        ...{ group, releases: all, instances, item: seenDrift },
        scaling: rest,
        untouched: statuses.deployment === undefined,
      }))),
    ...(refused.length > 0 && { refused }),
    ...(wayBack && { wayBack }),
    releases: releases.slice(0, maxReleases).map((release) => releaseStatus(release, releases)),
    ...(lock?.rolledBack && { rolledBack: lock.rolledBack }),
  };
};

const currentOf = (
  releases: readonly Release[],
  instances: readonly InstanceStatus[],
): Pick<Status, 'current'> => {
  const release = releases.find(isGoodRelease);
  if (!release) return {};
  const serving = instances.filter(({ lifecycle }) => lifecycle === 'InService');
  return {
    current: {
      release: release.version,
      inService: serving.length,
      onVersion: serving.filter(({ version }) => version === release.version).length,
      newInstancesOnly: isForNewInstances(release),
    },
  };
};
