/** The simulated Amazon EC2 Auto Scaling. */
import type { Region, Service } from '../core/service';
import {
  describeAutoScalingGroups,
  describeAutoScalingInstances,
} from '../autoscaling/actions/describeGroups';
import * as rest from '../autoscaling/actions/describeRest';
import * as sizes from '../autoscaling/actions/groupSizes';
import * as hooks from '../autoscaling/actions/hooks';
import * as instances from '../autoscaling/actions/instances';
import * as attachments from '../autoscaling/actions/attachments';
import * as configurations from '../autoscaling/actions/launchConfigurations';
import * as policies from '../autoscaling/actions/policies';
import { resumeProcesses, suspendProcesses } from '../autoscaling/actions/processes';
import * as refreshes from '../autoscaling/actions/refreshes';
import * as scheduled from '../autoscaling/actions/scheduledActions';
import { enterStandby, exitStandby } from '../autoscaling/actions/standby';
import { createOrUpdateTags, deleteTags, describeTags } from '../autoscaling/actions/tags';
import { endActivityOf } from '../autoscaling/activities';
import { activeRefresh, memberById, wake } from '../autoscaling/groups';
import { hookCompleted, hookTimedOut } from '../autoscaling/hookResults';
import { booted } from '../autoscaling/launching';
import type { TargetState } from '../autoscaling/otherServices';
import { reconcile } from '../autoscaling/reconcile/reconcile';
import { fail } from '../autoscaling/refresh/ending';
import { executeByAlarm } from '../autoscaling/scaling/execute';
import { executeObserved } from '../autoscaling/scaling/observed';
import { runScheduled } from '../autoscaling/scaling/scheduled';
import { emptyAutoScalingState, type AutoScalingState } from '../autoscaling/state';
import { drained, gone, isDraining } from '../autoscaling/terminating';

declare module '../core/service' {
  interface Services {
    autoscaling: AutoScalingService;
  }
}

export interface AutoScalingService extends Service<AutoScalingState> {
  /** Called by EC2: the instance is running. */
  instanceRunning(instanceId: string): void;
  /** Called by EC2: the instance is terminated or stopped. */
  instanceGone(instanceId: string): void;
  /** EC2: its status checks may find something else now. */
  ailmentChanged(instanceId: string): void;
  /** Called by Elastic Load Balancing: a target's health has changed. */
  targetHealthChanged(targetGroupArn: string, instanceId: string, state: TargetState): void;
  /** Called by CloudWatch: this policy is an alarm's action. `breachedBy` is the metric minus the threshold. */
  executePolicy(policyArn: string, breachedBy?: number): void;
  /** As an alarm does that tells its metric's value. */
  executePolicyAt(policyArn: string, observed: { metric: number; threshold: number }): void;
  /**
   * Called by CloudWatch: an alarm changed to this state. If it goes into ALARM, refreshes that name it in
   * `AlarmSpecification` fail.
   */
  alarmStateChanged(alarmName: string, state: string): void;
}

const actions = {
  DescribeAutoScalingGroups: describeAutoScalingGroups,
  DescribeAutoScalingInstances: describeAutoScalingInstances,
  DescribeScalingActivities: rest.describeScalingActivities,
  AttachLoadBalancers: attachments.attachLoadBalancers,
  AttachLoadBalancerTargetGroups: attachments.attachLoadBalancerTargetGroups,
  AttachTrafficSources: attachments.attachTrafficSources,
  DescribeLoadBalancerTargetGroups: attachments.describeLoadBalancerTargetGroups,
  DescribeTrafficSources: attachments.describeTrafficSources,
  DetachLoadBalancers: attachments.detachLoadBalancers,
  DetachLoadBalancerTargetGroups: attachments.detachLoadBalancerTargetGroups,
  DetachTrafficSources: attachments.detachTrafficSources,
  DescribeWarmPool: rest.describeWarmPool,
  PutWarmPool: rest.putWarmPool,
  DeleteWarmPool: rest.deleteWarmPool,
  CreateLaunchConfiguration: configurations.createLaunchConfiguration,
  DeleteLaunchConfiguration: configurations.deleteLaunchConfiguration,
  DescribeLaunchConfigurations: configurations.describeLaunchConfigurations,
  CreateAutoScalingGroup: sizes.createAutoScalingGroup,
  UpdateAutoScalingGroup: sizes.updateAutoScalingGroup,
  DeleteAutoScalingGroup: sizes.deleteAutoScalingGroup,
  SetDesiredCapacity: sizes.setDesiredCapacity,
  SuspendProcesses: suspendProcesses,
  ResumeProcesses: resumeProcesses,
  EnterStandby: enterStandby,
  ExitStandby: exitStandby,
  TerminateInstanceInAutoScalingGroup: instances.terminateInstanceInAutoScalingGroup,
  SetInstanceProtection: instances.setInstanceProtection,
  SetInstanceHealth: instances.setInstanceHealth,
  DetachInstances: instances.detachInstances,
  AttachInstances: instances.attachInstances,
  StartInstanceRefresh: refreshes.startInstanceRefresh,
  CancelInstanceRefresh: refreshes.cancelInstanceRefresh,
  RollbackInstanceRefresh: refreshes.rollbackInstanceRefresh,
  DescribeInstanceRefreshes: refreshes.describeInstanceRefreshes,
  PutScalingPolicy: policies.putScalingPolicy,
  DescribePolicies: policies.describePolicies,
  DeletePolicy: policies.deletePolicy,
  ExecutePolicy: policies.executePolicy,
  PutScheduledUpdateGroupAction: scheduled.putScheduledUpdateGroupAction,
  DescribeScheduledActions: scheduled.describeScheduledActions,
  DeleteScheduledAction: scheduled.deleteScheduledAction,
  PutLifecycleHook: hooks.putLifecycleHook,
  DeleteLifecycleHook: hooks.deleteLifecycleHook,
  DescribeLifecycleHooks: hooks.describeLifecycleHooks,
  CompleteLifecycleAction: hooks.completeLifecycleAction,
  RecordLifecycleActionHeartbeat: hooks.recordLifecycleActionHeartbeat,
  CreateOrUpdateTags: createOrUpdateTags,
  DeleteTags: deleteTags,
  DescribeTags: describeTags,
};

/** Interval at which EC2's status checks are read. */
const healthCheckMs = 15_000;

const instanceGone = (region: Region, instanceId: string): void => {
  const found = memberById(region, instanceId);
  if (!found) return;
  const { group, member } = found;
  if (/^(Terminating:Proceed|Warmed)/.test(member.lifecycle)) gone(region, group, member);
  else if (member.lifecycle.startsWith('Pending')) {
    // The instance never started: the launch has failed, and the next check of the group launches another.
    const message = 'Instance became unhealthy while waiting for instance to be in InService state.';
    endActivityOf(region, group, member, 'Failed', message);
    gone(region, group, member);
  } else region.schedule(healthCheckMs, 'autoscaling', 'healthCheck', { group: group.name });
};

const targetHealthChanged = (region: Region, arn: string, instanceId: string, state: TargetState): void => {
  const found = memberById(region, instanceId);
  if (!found) return;
  const { group, member } = found;
  const others = member.unhealthyIn.filter((each) => each !== arn);
  member.unhealthyIn = state === 'unhealthy' ? [...others, arn] : others;
  if (member.drainingSince !== undefined && !isDraining(region, group, member)) {
    drained(region, group, member);
  } else if (member.lifecycle === 'InService') wake(region, group);
};

const alarmStateChanged = (region: Region, state: AutoScalingState, alarm: string, value: string): void => {
  if (value !== 'ALARM') return;
  for (const group of Object.values(state.groups)) {
    const refresh = activeRefresh(region, group);
    if (!refresh || !['InProgress', 'Baking'].includes(refresh.status)) continue;
    if (!(refresh.preferences.AlarmSpecification?.Alarms ?? []).includes(alarm)) continue;
    fail(region, group, refresh, `The CloudWatch alarm ${alarm} went into ALARM state.`);
  }
};

const cameDue = (region: Region, state: AutoScalingState, kind: string, payload: unknown): void => {
  const about = payload as { group: string; at: number; instanceId: string; token: string; key: string };
  const group = state.groups[about.group];
  if (kind === 'reconcile' && group?.wakeAt === about.at) {
    delete group.wakeAt;
    reconcile(region, group);
  }
  if (kind === 'healthCheck' || kind === 'refreshStart') {
    if (group) wake(region, group);
  }
  if (kind === 'hookTimeout') hookTimedOut(region, about);
  if (kind === 'hookCompletes') hookCompleted(region, payload as Parameters<typeof hookCompleted>[1]);
  if (kind === 'scheduledAction') runScheduled(region, about);
  if (kind === 'returned') {
    const found = memberById(region, about.instanceId);
    if (found) booted(region, found.group, found.member);
  }
};

export const makeAutoScaling = (region: Region): AutoScalingService => {
  const service: AutoScalingService = {
    state: emptyAutoScalingState(),
    actions,
    due: (kind, payload) => cameDue(region, service.state, kind, payload),
    instanceRunning: (instanceId) => {
      const found = memberById(region, instanceId);
      if (found) booted(region, found.group, found.member);
    },
    instanceGone: (instanceId) => instanceGone(region, instanceId),
    ailmentChanged: (instanceId) => {
      const found = memberById(region, instanceId);
      if (found) region.schedule(healthCheckMs, 'autoscaling', 'healthCheck', { group: found.group.name });
    },
    targetHealthChanged: (arn, instanceId, state) => targetHealthChanged(region, arn, instanceId, state),
    executePolicy: (policyArn, breachedBy) => executeByAlarm(region, policyArn, breachedBy),
    executePolicyAt: (policyArn, observed) => executeObserved(region, policyArn, observed),
    alarmStateChanged: (name, state) => alarmStateChanged(region, service.state, name, state),
  };
  return service;
};
