/** Launching instances into a group, and their way into service. */
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import { endActivity, endActivityOf, startActivity } from './activities';
import { allMembers, counts, isSuspended, wake } from './groups';
import { beginHook, hookFor } from './hooks';
import { configurationOf } from './launchConfigurations';
import { ec2Of, loadBalancingOf, stateOf, type LaunchedInstance } from './otherServices';
import { countByZone, zoneToLaunchIn } from './policy/zones';
import { matches, type LaunchChoice } from './source';
import type { Group, Member, Refresh } from './state';

/** The delay after a failed launch. It doubles with each further failure, up to the maximum. */
const firstRetryMs = 30_000;
const maxRetryMs = 900_000;

export interface LaunchOrder {
  readonly count: number;
  readonly choices: readonly LaunchChoice[];
  /** For example `a difference between desired and actual capacity, increasing the capacity from 2 to 3`. */
  readonly cause: string;
  readonly refresh?: Refresh | undefined;
  readonly rebalancing?: boolean;
  /** Only there; any of the group's zones unless told. */
  readonly zones?: readonly string[];
  /** Into the warm pool instead of into service. */
  readonly warm?: boolean;
}

const tagsFor = (group: Group, choice: LaunchChoice): Record<string, string> => ({
  ...Object.fromEntries(group.tags.filter((tag) => tag.propagate).map(({ key, value }) => [key, value])),
  'aws:autoscaling:groupName': group.name,
  ...(choice.template && {
    'aws:ec2launchtemplate:id': choice.template.id,
    'aws:ec2launchtemplate:version': choice.template.version,
  }),
});

/** What a launch configuration asks for in the place of a template. */
const byConfiguration = (region: Region, name: string) => {
  const { ImageId, InstanceType, ...data } = configurationOf(region, name).data;
  return {
    ...(ImageId !== undefined && { imageId: ImageId }),
    ...(InstanceType !== undefined && { instanceType: InstanceType }),
    securityGroupIds: data.SecurityGroups ?? [],
    iamInstanceProfile: data.IamInstanceProfile,
    keyName: data.KeyName,
    userData: data.UserData,
  };
};

const launchOne = (region: Region, group: Group, choice: LaunchChoice, zone: string): LaunchedInstance => {
  const subnetId = group.subnets[zone];
  return ec2Of(region).launch({
    ...(choice.template && {
      launchTemplate: { id: choice.template.id, version: choice.template.version },
    }),
    ...(choice.configuration !== undefined && byConfiguration(region, choice.configuration)),
    ...(choice.instanceType === undefined ? {} : { instanceType: choice.instanceType }),
    ...(choice.imageId === undefined ? {} : { imageId: choice.imageId }),
    ...(subnetId === undefined ? {} : { subnetId }),
    zone,
    tags: tagsFor(group, choice),
  });
};

interface Failure {
  readonly zone: string;
  readonly error: AwsError;
}

/**
 * Tries the zones, the emptiest first, and in each zone all choices. Only a lack of capacity makes it try further: any
 * other error is the same in every zone.
 */
const tryToLaunch = (
  region: Region,
  group: Group,
  order: LaunchOrder,
  withoutCapacity: Set<string>,
): { instance: LaunchedInstance; choice: LaunchChoice } | Failure => {
  let failure: Failure | undefined;
  for (;;) {
    const zones = countByZone(group.zones, allMembers(group).filter(counts));
    const zone = zoneToLaunchIn(order.zones ?? group.zones, zones, withoutCapacity);
    if (zone === undefined) break;
    for (const choice of order.choices) {
      try {
        return { instance: launchOne(region, group, choice, zone), choice };
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        failure = { zone, error };
        if (error.name !== 'InsufficientInstanceCapacity') return failure;
      }
    }
    withoutCapacity.add(zone);
  }
  const none = new AwsError('InsufficientInstanceCapacity', 'No zone of the group has capacity.');
  return failure ?? { zone: group.zones[0] ?? '', error: none };
};

const waitAfter = (failures: number): number => Math.min(maxRetryMs, firstRetryMs * 2 ** failures);

/** A launch that was to balance the zones holds up no other. */
const holdBack = (region: Region, group: Group, rebalancing: boolean): void => {
  if (rebalancing) {
    const failures = group.rebalanceFailures ?? 0;
    group.rebalanceFailures = failures + 1;
    group.rebalanceAgainAt = region.now() + waitAfter(failures);
    return;
  }
  const wait = waitAfter(group.launchFailures);
  group.launchFailures += 1;
  group.launchAgainAt = region.now() + wait;
};

const noteFailure = (region: Region, group: Group, order: LaunchOrder, { zone, error }: Failure): void => {
  const cause = `an instance was started in response to ${order.cause}.`;
  const about = { description: 'Launching a new EC2 instance', cause, zone, subnet: group.subnets[zone] };
  const activity = startActivity(region, group, about);
  const message = `Could not launch On-Demand Instances. ${error.name} - ${error.message} Launching EC2 instance failed.`;
  endActivity(region, activity, 'Failed', message);
  holdBack(region, group, order.rebalancing === true);
  publishInstanceEvent(region, group, 'EC2 Instance Launch Unsuccessful', {
    ...about,
    statusMessage: message,
    activityId: activity.id,
  });
};

const admit = (
  region: Region,
  group: Group,
  order: LaunchOrder,
  launched: { instance: LaunchedInstance; choice: LaunchChoice },
): Member => {
  const { instance, choice } = launched;
  const activity = startActivity(region, group, {
    description: `Launching a new EC2 instance: ${instance.id}`,
    cause: `an instance was started in response to ${order.cause}.`,
    zone: instance.zone,
    subnet: group.subnets[instance.zone],
  });
  const member: Member = {
    id: instance.id,
    zone: instance.zone,
    type: instance.instanceType,
    imageId: instance.imageId,
    ...(choice.template && { template: choice.template }),
    ...(choice.configuration !== undefined && { launchConfiguration: choice.configuration }),
    launchedAt: region.now(),
    lifecycle: order.warm === true ? 'Warmed:Pending' : 'Pending',
    health: 'Healthy',
    protected: group.newInstancesProtected,
    unhealthyIn: [],
    activityId: activity.id,
    ...(order.refresh ? { refreshId: order.refresh.id } : {}),
    ...(order.rebalancing === true ? { rebalancing: true } : {}),
  };
  group.instances[member.id] = member;
  stateOf(region).members[member.id] = group.name;
  return member;
};

/** Launches as many instances as possible. The first refusal ends the round, and the next round is delayed. */
export const launch = (region: Region, group: Group, order: LaunchOrder): number => {
  const withoutCapacity = new Set<string>();
  let done = 0;
  while (done < order.count) {
    if (order.warm !== true && takeFromWarmPool(region, group, order)) {
      done += 1;
      continue;
    }
    const result = tryToLaunch(region, group, order, withoutCapacity);
    if ('error' in result) {
      noteFailure(region, group, order, result);
      break;
    }
    admit(region, group, order, result);
    group.launchFailures = 0;
    delete group.launchAgainAt;
    if (order.rebalancing === true) {
      delete group.rebalanceFailures;
      delete group.rebalanceAgainAt;
    }
    done += 1;
  }
  return done;
};

/** Starts a warm instance of the right template instead of launching a new one. */
const takeFromWarmPool = (region: Region, group: Group, order: LaunchOrder): boolean => {
  const warm = allMembers(group).find(
    (member) => member.lifecycle === 'Warmed:Running' && matches(order.choices, member),
  );
  if (!warm) return false;
  warm.activityId = startActivity(region, group, {
    description: `Launching a new EC2 instance from warm pool: ${warm.id}`,
    cause: `an instance was started in response to ${order.cause}.`,
    zone: warm.zone,
  }).id;
  if (order.refresh) warm.refreshId = order.refresh.id;
  warm.lifecycle = 'Pending';
  booted(region, group, warm);
  return true;
};

/** A launched instance is running: the launch hook comes first, then service. */
export const booted = (region: Region, group: Group, member: Member): void => {
  if (member.lifecycle === 'Warmed:Pending') {
    member.lifecycle = 'Warmed:Running';
    endActivityOf(region, group, member, 'Successful');
    wake(region, group);
    return;
  }
  if (member.lifecycle !== 'Pending') return;
  const hook = hookFor(group, 'autoscaling:EC2_INSTANCE_LAUNCHING');
  if (hook) {
    member.lifecycle = 'Pending:Wait';
    beginHook(region, group, member, hook);
    return;
  }
  enterService(region, group, member);
};

/**
 * Registers the instance with the target groups, unless AddToLoadBalancer is suspended. It is not registered later
 * either.
 */
export const enterService = (region: Region, group: Group, member: Member): void => {
  member.lifecycle = 'InService';
  member.inServiceAt = region.now();
  member.unhealthyIn = [];
  if (!isSuspended(group, 'AddToLoadBalancer')) {
    for (const arn of group.targetGroupArns) loadBalancingOf(region).register(arn, member.id);
  }
  endActivityOf(region, group, member, 'Successful');
  publishInstanceEvent(region, group, 'EC2 Instance Launch Successful', {
    instanceId: member.id,
    zone: member.zone,
  });
  wake(region, group);
};

/** Publishes an event about a single instance (EventBridge, source `aws.autoscaling`). */
export const publishInstanceEvent = (
  region: Region,
  group: Group,
  detailType: string,
  about: { instanceId?: string; zone?: string; statusMessage?: string; activityId?: string },
): void =>
  region.publish({
    source: 'aws.autoscaling',
    detailType,
    resources: [group.arn],
    detail: {
      AutoScalingGroupName: group.name,
      EC2InstanceId: about.instanceId ?? '',
      StatusCode: about.statusMessage === undefined ? 'InProgress' : 'Failed',
      StatusMessage: about.statusMessage ?? '',
      Details: { 'Availability Zone': about.zone ?? '' },
      ...(about.activityId === undefined ? {} : { ActivityId: about.activityId }),
    },
  });
