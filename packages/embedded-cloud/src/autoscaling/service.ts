/** Amazon EC2 Auto Scaling, simulated. */
import type { Region, Service } from '../service';
import { describeAutoScalingGroups, describeAutoScalingInstances } from './actions/describeGroups';
import * as rest from './actions/describeRest';
import * as sizes from './actions/groupSizes';
import * as hooks from './actions/hooks';
import * as instances from './actions/instances';
import * as policies from './actions/policies';
import { resumeProcesses, suspendProcesses } from './actions/processes';
import * as refreshes from './actions/refreshes';
import * as scheduled from './actions/scheduledActions';
import { enterStandby, exitStandby } from './actions/standby';
import { createOrUpdateTags, deleteTags, describeTags } from './actions/tags';
import { endActivityOf } from './activities';
import { activeRefresh, memberById, wake } from './groups';
import { hookTimedOut } from './hookResults';
import { booted } from './launching';
import type { TargetState } from './neighbours';
import { reconcile } from './reconcile';
import { fail } from './refresh/ending';
import { executeByAlarm } from './scaling/execute';
import { runScheduled } from './scaling/scheduled';
import { emptyAutoScalingState, type AutoScalingState } from './state';
import { drained, gone, isDraining } from './terminating';

declare module '../service' {
  interface Services {
    autoscaling: AutoScalingService;
  }
}

export interface AutoScalingService extends Service<AutoScalingState> {
  /** EC2: the instance runs now. */
  instanceRunning(instanceId: string): void;
  /** EC2: the instance is terminated or stopped. */
  instanceGone(instanceId: string): void;
  /** Elastic Load Balancing: a target's health has changed. */
  targetHealthChanged(targetGroupArn: string, instanceId: string, state: TargetState): void;
  /** CloudWatch: an alarm's action is this policy. `breachedBy` is the metric less the threshold. */
  executePolicy(policyArn: string, breachedBy?: number): void;
  /** CloudWatch: an alarm has changed to this state; one that gates a refresh ends it. */
  alarmStateChanged(alarmName: string, state: string): void;
}

const actions = {
  DescribeAutoScalingGroups: describeAutoScalingGroups,
  DescribeAutoScalingInstances: describeAutoScalingInstances,
  DescribeScalingActivities: rest.describeScalingActivities,
  DescribeLoadBalancerTargetGroups: rest.describeLoadBalancerTargetGroups,
  DescribeWarmPool: rest.describeWarmPool,
  PutWarmPool: rest.putWarmPool,
  DeleteWarmPool: rest.deleteWarmPool,
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

/** EC2's status checks are looked at every so often. */
const healthCheckMs = 15_000;

const instanceGone = (region: Region, instanceId: string): void => {
  const found = memberById(region, instanceId);
  if (!found) return;
  const { group, member } = found;
  if (/^(Terminating:Proceed|Warmed)/.test(member.lifecycle)) gone(region, group, member);
  else if (member.lifecycle.startsWith('Pending')) {
    // It never came up: the launch has failed, and the next pass makes up for it.
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
    targetHealthChanged: (arn, instanceId, state) => targetHealthChanged(region, arn, instanceId, state),
    executePolicy: (policyArn, breachedBy) => executeByAlarm(region, policyArn, breachedBy),
    alarmStateChanged: (name, state) => alarmStateChanged(region, service.state, name, state),
  };
  return service;
};
