/** State as the API shows it. */
import type {
  AutoScalingGroup,
  AutoScalingInstanceDetails,
  Instance,
  InstanceRefresh,
  ScalingPolicy,
  ScheduledUpdateGroupAction,
  TagDescription,
} from '@aws-sdk/client-auto-scaling';
import { attachedAs } from './attachments';
import { allMembers, isWarm } from './groups';
import { specificationOf } from './source';
import type { Group, Member, Refresh, ScalingPolicyRecord, ScheduledActionRecord } from './state';

export const shownInstance = (member: Member): Instance => ({
  InstanceId: member.id,
  InstanceType: member.type,
  AvailabilityZone: member.zone,
  LifecycleState: member.lifecycle,
  HealthStatus: member.health,
  ImageId: member.imageId,
  LaunchTemplate: member.template && specificationOf(member.template),
  LaunchConfigurationName: member.launchConfiguration,
  ProtectedFromScaleIn: member.protected,
});

export const shownInstanceDetails = (group: Group, member: Member): AutoScalingInstanceDetails => ({
  InstanceId: member.id,
  InstanceType: member.type,
  AutoScalingGroupName: group.name,
  AvailabilityZone: member.zone,
  LifecycleState: member.lifecycle,
  HealthStatus: member.health.toUpperCase(),
  ImageId: member.imageId,
  LaunchTemplate: member.template && specificationOf(member.template),
  LaunchConfigurationName: member.launchConfiguration,
  ProtectedFromScaleIn: member.protected,
});

export const shownTags = (group: Group): TagDescription[] =>
  group.tags.map(({ key, value, propagate }) => ({
    ResourceId: group.name,
    ResourceType: 'auto-scaling-group',
    Key: key,
    Value: value,
    PropagateAtLaunch: propagate,
  }));

const shownSizes = (group: Group) => ({
  MinSize: group.minSize,
  MaxSize: group.maxSize,
  DesiredCapacity: group.desired,
  DefaultCooldown: group.defaultCooldownSeconds,
  DefaultInstanceWarmup: group.defaultWarmupSeconds,
  InstanceMaintenancePolicy: group.maintenance && {
    MinHealthyPercentage: group.maintenance.min,
    MaxHealthyPercentage: group.maintenance.max,
  },
});

export const shownGroup = (group: Group): AutoScalingGroup => ({
  AutoScalingGroupName: group.name,
  AutoScalingGroupARN: group.arn,
  ...shownSizes(group),
  LaunchTemplate: group.launch.launchTemplate && specificationOf(group.launch.launchTemplate),
  MixedInstancesPolicy: group.launch.mixed,
  LaunchConfigurationName: group.launch.launchConfiguration,
  AvailabilityZones: group.zones,
  VPCZoneIdentifier: Object.values(group.subnets).join(','),
  LoadBalancerNames: group.classicLoadBalancers ?? [],
  TargetGroupARNs: [...attachedAs(group).targetGroups],
  ...shownSources(group),
  HealthCheckType: group.healthCheckType,
  HealthCheckGracePeriod: group.gracePeriodSeconds,
  Instances: allMembers(group)
    .filter((member) => !isWarm(member))
    .map(shownInstance),
  CreatedTime: new Date(group.createdAt),
  SuspendedProcesses: Object.entries(group.suspended).map(([ProcessName, SuspensionReason]) => ({
    ProcessName,
    SuspensionReason,
  })),
  EnabledMetrics: group.enabledMetrics.map((Metric) => ({ Metric, Granularity: '1Minute' })),
  Status: group.deleting === true ? 'Delete in progress' : undefined,
  Tags: shownTags(group),
  TerminationPolicies: group.terminationPolicies,
  NewInstancesProtectedFromScaleIn: group.newInstancesProtected,
  Operator: group.operator === undefined ? undefined : { Principal: group.operator },
  WarmPoolConfiguration: shownWarmPool(group),
  WarmPoolSize: group.warmPool && allMembers(group).filter(isWarm).length,
});

const shownSources = (group: Group): Pick<AutoScalingGroup, 'TrafficSources'> => {
  const sources = [
    ...attachedAs(group).trafficSources.map((Identifier) => ({ Identifier, Type: 'elbv2' })),
    ...(group.otherSources ?? []).map(({ identifier, type }) => ({ Identifier: identifier, Type: type })),
  ];
  return sources.length === 0 ? {} : { TrafficSources: sources };
};

export const shownWarmPool = ({ warmPool }: Group): AutoScalingGroup['WarmPoolConfiguration'] =>
  warmPool && {
    MinSize: warmPool.minSize,
    MaxGroupPreparedCapacity: warmPool.maxPrepared,
    PoolState: warmPool.poolState,
    InstanceReusePolicy: { ReuseOnScaleIn: warmPool.reuseOnScaleIn },
  };

const dateOf = (at: number | undefined): Date | undefined => (at === undefined ? undefined : new Date(at));

export const shownRefresh = (refresh: Refresh, group: Group | undefined): InstanceRefresh => ({
  InstanceRefreshId: refresh.id,
  AutoScalingGroupName: refresh.group,
  Strategy: 'Rolling',
  Status: refresh.status,
  StatusReason: refresh.statusReason,
  StartTime: dateOf(refresh.startedAt),
  EndTime: dateOf(refresh.endedAt),
  PercentageComplete: refresh.percentage,
  InstancesToUpdate: refresh.remaining,
  ProgressDetails: group?.warmPool && {
    LivePoolProgress: { PercentageComplete: refresh.percentage, InstancesToUpdate: refresh.remaining },
  },
  Preferences: refresh.preferences,
  DesiredConfiguration: refresh.desired && {
    LaunchTemplate: refresh.desired.launchTemplate && specificationOf(refresh.desired.launchTemplate),
    MixedInstancesPolicy: refresh.desired.mixed,
  },
  RollbackDetails: refresh.rollback && {
    RollbackReason: refresh.rollback.reason,
    RollbackStartTime: new Date(refresh.rollback.startedAt),
    PercentageCompleteOnRollback: refresh.rollback.percentage,
    InstancesToUpdateOnRollback: refresh.rollback.remaining,
  },
});

export const shownPolicy = (policy: ScalingPolicyRecord): ScalingPolicy => ({
  AutoScalingGroupName: policy.group,
  PolicyName: policy.name,
  PolicyARN: policy.arn,
  PolicyType: policy.type,
  AdjustmentType: policy.adjustmentType,
  ScalingAdjustment: policy.adjustment,
  MinAdjustmentMagnitude: policy.minAdjustmentMagnitude,
  Cooldown: policy.cooldownSeconds,
  StepAdjustments: policy.steps,
  MetricAggregationType: policy.aggregation,
  EstimatedInstanceWarmup: policy.warmupSeconds,
  Enabled: policy.enabled,
  Alarms: policy.alarms.map(({ name, arn }) => ({ AlarmName: name, AlarmARN: arn })),
  TargetTrackingConfiguration: policy.target && {
    TargetValue: policy.target.value,
    PredefinedMetricSpecification: policy.target.predefined,
    CustomizedMetricSpecification: policy.target.customized,
    DisableScaleIn: policy.target.disableScaleIn,
  },
});

export const shownScheduledAction = (action: ScheduledActionRecord): ScheduledUpdateGroupAction => ({
  AutoScalingGroupName: action.group,
  ScheduledActionName: action.name,
  ScheduledActionARN: action.arn,
  Time: new Date(action.startAt),
  StartTime: new Date(action.startAt),
  EndTime: dateOf(action.endAt),
  Recurrence: action.recurrence,
  TimeZone: action.timeZone,
  MinSize: action.minSize,
  MaxSize: action.maxSize,
  DesiredCapacity: action.desired,
});
