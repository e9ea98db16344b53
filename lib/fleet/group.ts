import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  type MixedInstancesPolicy,
  paginateDescribeAutoScalingGroups,
} from '@aws-sdk/client-auto-scaling';
import { chunks } from '../aws/chunks';
import { FleetUnsettled } from '../engine/errors';

export interface Member {
  readonly id: string;
  readonly zone: string;
  /** `InService`, `Pending`, `Standby`, `Terminating:Wait`, ... */
  readonly lifecycle: string;
  readonly healthy: boolean;
  readonly type: string | undefined;
  /** The number of the launch template version that it was launched from. */
  readonly launchTemplateVersion: string | undefined;
  /** The template of that version; unknown where AWS does not tell it. */
  readonly launchTemplateId?: string | undefined;
  readonly protectedFromScaleIn: boolean;
}

/** What Forseti reads of an Auto Scaling group. */
export interface Group {
  readonly name: string;
  readonly arn: string;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  /** How long Auto Scaling waits with the health checks of an instance that came into service. */
  readonly graceSeconds?: number;
  readonly zones: readonly string[];
  readonly subnets: readonly string[];
  /** `version` as the group has it: a number, `$Latest` or `$Default`. */
  readonly launchTemplate:
    { readonly id: string; readonly name: string; readonly version: string } | undefined;
  readonly mixed: MixedInstancesPolicy | undefined;
  readonly overrides: readonly {
    readonly type: string | undefined;
    readonly launchTemplate: string | undefined;
    /** An image of the override's own, in the place of the launch template's. */
    readonly image?: string;
  }[];
  readonly targetGroupArns: readonly string[];
  /** Names of classic load balancers. */
  readonly classicLoadBalancers?: readonly string[];
  /** What AttachTrafficSources attached; target groups that are attached as such are not among the ones above. */
  readonly trafficSources?: readonly { readonly identifier: string; readonly type: string }[];
  readonly suspended: readonly string[];
  readonly instances: readonly Member[];
  readonly hasWarmPool: boolean;
  readonly operator: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * @throws FleetUnsettled where the group does not exist, or is being deleted: AWS lists it with `Status` until its last
 *   instance is gone, wants none any more, and so an empty fleet would pass for a whole one.
 */
export const describeGroup = async (autoScaling: AutoScalingClient, name: string): Promise<Group> => {
  const { AutoScalingGroups: [group] = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  if (!group)
    throw new FleetUnsettled(
      `Auto Scaling group ${name} does not exist in this region; check "group" in the settings, and the region.`,
    );
  if (group.Status !== undefined)
    throw new FleetUnsettled(
      `Auto Scaling group ${name} is being deleted (${group.Status}): nothing is deployed to it any more. Name another "group" in the settings.`,
    );
  return groupOf(group);
};

/** DescribeAutoScalingGroups takes so many names. */
const maxNames = 100;

/** Groups by name, many with one call; those that do not exist are left out. */
export const describeGroups = async (
  autoScaling: AutoScalingClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, Group>> => {
  const found: Group[] = [];
  for (const AutoScalingGroupNames of chunks([...new Set(names)], maxNames))
    for await (const page of paginateDescribeAutoScalingGroups(
      { client: autoScaling },
      { AutoScalingGroupNames },
    ))
      found.push(...(page.AutoScalingGroups ?? []).map(groupOf));
  return new Map(found.map((group) => [group.name, group]));
};

export const groupOf = (group: AutoScalingGroup): Group => {
  const mixed = group.MixedInstancesPolicy;
  const template = group.LaunchTemplate ?? mixed?.LaunchTemplate?.LaunchTemplateSpecification;
  return {
    name: group.AutoScalingGroupName ?? '',
    arn: group.AutoScalingGroupARN ?? '',
    min: group.MinSize ?? 0,
    max: group.MaxSize ?? 0,
    desired: group.DesiredCapacity ?? 0,
    graceSeconds: group.HealthCheckGracePeriod ?? 0,
    zones: group.AvailabilityZones ?? [],
    subnets: (group.VPCZoneIdentifier ?? '').split(',').filter((subnet) => subnet !== ''),
    launchTemplate: template && {
      id: template.LaunchTemplateId ?? '',
      name: template.LaunchTemplateName ?? '',
      // A group that was made without a version follows the default one.
      version: template.Version ?? '$Default',
    },
    mixed,
    overrides: (mixed?.LaunchTemplate?.Overrides ?? []).map((override) => ({
      type: override.InstanceType,
      launchTemplate: override.LaunchTemplateSpecification?.LaunchTemplateId,
      ...(override.ImageId !== undefined && { image: override.ImageId }),
    })),
    targetGroupArns: group.TargetGroupARNs ?? [],
    classicLoadBalancers: group.LoadBalancerNames ?? [],
    trafficSources: (group.TrafficSources ?? []).map(({ Identifier, Type }) => ({
      identifier: Identifier ?? '',
      type: Type ?? 'elbv2',
    })),
    suspended: (group.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []),
    instances: (group.Instances ?? []).map((instance) => ({
      id: instance.InstanceId ?? '',
      zone: instance.AvailabilityZone ?? '',
      lifecycle: instance.LifecycleState ?? '',
      healthy: instance.HealthStatus === 'Healthy',
      type: instance.InstanceType,
      launchTemplateVersion: instance.LaunchTemplate?.Version,
      launchTemplateId: instance.LaunchTemplate?.LaunchTemplateId,
      protectedFromScaleIn: instance.ProtectedFromScaleIn ?? false,
    })),
    hasWarmPool: group.WarmPoolConfiguration !== undefined,
    operator: group.Operator?.Principal,
    tags: Object.fromEntries((group.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  };
};

/** Ids of the members in service. */
export const inService = (group: Pick<Group, 'instances'>): string[] =>
  group.instances.filter(({ lifecycle }) => lifecycle === 'InService').map(({ id }) => id);
