/** What the simulated EC2 Auto Scaling keeps: plain JSON, times in epoch milliseconds. */
import type {
  CreateLaunchConfigurationCommandInput,
  CustomizedMetricSpecification,
  InstanceRefreshStatus,
  MixedInstancesPolicy,
  PredefinedMetricSpecification,
  RefreshPreferences,
  ScalingActivityStatusCode,
  StepAdjustment,
} from '@aws-sdk/client-auto-scaling';

/** A launch template as a group refers to it: the version is a number as text, `$Latest` or `$Default`. */
export interface TemplateReference {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

/** What instances are launched from: exactly one of the three. */
export interface LaunchSource {
  readonly launchTemplate?: TemplateReference;
  readonly mixed?: MixedInstancesPolicy;
  /** By its name. */
  readonly launchConfiguration?: string;
}

/** `Terminating:Proceed` and its like are AWS's own states; `Warmed:` ones are in the warm pool. */
export type Lifecycle =
  | 'Pending'
  | 'Pending:Wait'
  | 'Pending:Proceed'
  | 'InService'
  | 'EnteringStandby'
  | 'Standby'
  | 'Terminating'
  | 'Terminating:Wait'
  | 'Terminating:Proceed'
  | 'Detaching'
  | 'Warmed:Pending'
  | 'Warmed:Running'
  | 'Warmed:Terminating';

export interface WaitingHook {
  readonly name: string;
  readonly token: string;
  readonly startedAt: number;
  deadline: number;
}

export interface Member {
  readonly id: string;
  readonly zone: string;
  readonly type: string;
  readonly imageId: string;
  /** The numbered version it was launched from; missing if it was attached by hand. */
  readonly template?: TemplateReference;
  /** The name of the launch configuration it was launched from instead. */
  readonly launchConfiguration?: string;
  readonly launchedAt: number;
  lifecycle: Lifecycle;
  health: 'Healthy' | 'Unhealthy';
  protected: boolean;
  inServiceAt?: number;
  /** The refresh that launched it. */
  refreshId?: string;
  /** It was launched by a refresh, and was healthy after its warm-up. */
  ready?: boolean;
  /** It was launched to balance the zones: once it is in service, another one is terminated. */
  rebalancing?: boolean;
  /** Target groups that find it unhealthy. */
  unhealthyIn: string[];
  hook?: WaitingHook;
  activityId?: string;
  /** Since when its connections drain; the load balancing service records the span. */
  drainingSince?: number;
}

export interface GroupTag {
  readonly key: string;
  readonly value: string;
  readonly propagate: boolean;
}

export interface LifecycleHook {
  readonly name: string;
  readonly transition: 'autoscaling:EC2_INSTANCE_LAUNCHING' | 'autoscaling:EC2_INSTANCE_TERMINATING';
  readonly timeoutSeconds: number;
  readonly defaultResult: 'CONTINUE' | 'ABANDON';
  readonly notificationTarget?: string;
  readonly role?: string;
  readonly metadata?: string;
  /** Somebody outside completes its actions so, after so long; nobody where left out. */
  readonly completes?: { readonly result: 'CONTINUE' | 'ABANDON'; readonly afterMs: number };
}

export interface WarmPool {
  readonly minSize: number;
  readonly maxPrepared?: number;
  readonly poolState: 'Stopped' | 'Running' | 'Hibernated';
  readonly reuseOnScaleIn: boolean;
}

export interface Group {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  minSize: number;
  maxSize: number;
  desired: number;
  defaultCooldownSeconds: number;
  zones: string[];
  /** Subnet id by zone, if the group was given subnets. */
  subnets: Record<string, string>;
  launch: LaunchSource;
  /** All that are attached, traffic sources among them. */
  targetGroupArns: string[];
  /** Those of them that were attached as traffic sources. */
  trafficSources?: string[];
  /** Names of classic load balancers, which register nothing here: their health is not modelled. */
  classicLoadBalancers?: string[];
  /** Traffic sources that are no target groups: of type `elb` or `vpc-lattice`. Nothing is registered with them. */
  otherSources?: { readonly identifier: string; readonly type: string }[];
  /** Those that were detached, whose instances may drain still. */
  leaving?: string[];
  healthCheckType: string;
  gracePeriodSeconds: number;
  terminationPolicies: string[];
  /** Suspended process to the reason given. */
  suspended: Record<string, string>;
  instances: Record<string, Member>;
  newInstancesProtected: boolean;
  defaultWarmupSeconds?: number;
  /** Percentages of the instance maintenance policy. */
  maintenance?: { readonly min: number; readonly max: number };
  tags: GroupTag[];
  hooks: Record<string, LifecycleHook>;
  warmPool?: WarmPool;
  /** The only principal that may change the group. */
  operator?: string;
  enabledMetrics: string[];
  /** When a policy's latest scaling activity ended; cooldowns start there. */
  scaledAt?: number;
  /** Number of launches that failed in a row; `launchAgainAt` is the time of the next try. */
  launchFailures: number;
  launchAgainAt?: number;
  /** The same of launches that were to balance the zones. */
  rebalanceFailures?: number;
  rebalanceAgainAt?: number;
  /** When the next reconcile on the agenda is due; entries for other times are stale. */
  wakeAt?: number;
  deleting?: boolean;
}

export interface ActivityRecord {
  readonly id: string;
  readonly group: string;
  readonly description: string;
  readonly cause: string;
  readonly startedAt: number;
  readonly details: string;
  endedAt?: number;
  status: ScalingActivityStatusCode;
  statusMessage?: string;
  progress: number;
}

export interface Refresh {
  readonly id: string;
  readonly group: string;
  readonly requestedAt: number;
  readonly preferences: RefreshPreferences;
  readonly desired?: LaunchSource;
  status: InstanceRefreshStatus;
  statusReason?: string;
  startedAt?: number;
  endedAt?: number;
  /** Instances that are still to be replaced, in no order. */
  targets: Record<string, true>;
  /** How many instances there are to replace. */
  total: number;
  percentage: number;
  remaining: number;
  /** Index of the checkpoint that comes next. */
  checkpoint: number;
  checkpointUntil?: number;
  bakeUntil?: number;
  /** Since when only instances in standby or protected from scale-in are left. */
  blockedSince?: number;
  /** The latest time at which the refresh made progress. */
  progressAt: number;
  rollback?: {
    readonly reason: string;
    readonly startedAt: number;
    readonly percentage: number;
    readonly remaining: number;
  };
}

export interface ScalingPolicyRecord {
  readonly arn: string;
  readonly name: string;
  readonly group: string;
  readonly type: 'TargetTrackingScaling' | 'StepScaling' | 'SimpleScaling' | 'PredictiveScaling';
  readonly adjustmentType?: string;
  readonly adjustment?: number;
  readonly minAdjustmentMagnitude?: number;
  readonly cooldownSeconds?: number;
  readonly steps: StepAdjustment[];
  readonly aggregation?: string;
  readonly warmupSeconds?: number;
  readonly enabled: boolean;
  readonly target?: {
    readonly value: number;
    readonly predefined?: PredefinedMetricSpecification;
    readonly customized?: CustomizedMetricSpecification;
    readonly disableScaleIn: boolean;
  };
  alarms: { readonly name: string; readonly arn: string }[];
}

export interface ScheduledActionRecord {
  readonly arn: string;
  readonly name: string;
  readonly group: string;
  readonly minSize?: number;
  readonly maxSize?: number;
  readonly desired?: number;
  readonly recurrence?: string;
  readonly timeZone?: string;
  readonly endAt?: number;
  /** When the action is due next; an entry of the agenda for another time is stale. */
  startAt: number;
}

export interface LaunchConfigurationRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  /** As CreateLaunchConfiguration took it. */
  readonly data: Omit<CreateLaunchConfigurationCommandInput, 'LaunchConfigurationName'>;
}

export interface AutoScalingState {
  groups: Record<string, Group>;
  /** Instance id to group name. */
  members: Record<string, string>;
  /** By group, the newest first. */
  activities: Record<string, ActivityRecord[]>;
  refreshes: Record<string, Refresh[]>;
  /** By ARN. */
  policies: Record<string, ScalingPolicyRecord>;
  /** By `GROUP/NAME`. */
  scheduledActions: Record<string, ScheduledActionRecord>;
  /** By name. */
  launchConfigurations?: Record<string, LaunchConfigurationRecord>;
}

export const emptyAutoScalingState = (): AutoScalingState => ({
  groups: {},
  members: {},
  activities: {},
  refreshes: {},
  policies: {},
  scheduledActions: {},
});
