/**
 * The health of targets. The next change is derived from the state of the instance and its application, and put on
 * the agenda.
 */
import type { Region } from '../core/service';
import { ailmentOf } from '../ec2/ailments';
import type { Instance } from '../ec2/state';
import { nextChange } from './plan';
import type { ElasticLoadBalancingState, Target, TargetGroup, TargetState } from './state';

interface Listener {
  targetHealthChanged?(targetGroupArn: string, instanceId: string, state: TargetState): void;
}

/** The agenda's entry for a change of health. */
export interface HealthDue {
  readonly targetGroupArn: string;
  readonly instanceId: string;
  readonly plan: number;
  readonly to: 'healthy' | 'unhealthy';
}

const reasons: Partial<Record<TargetState, readonly [string, string]>> = {
  initial: ['Elb.InitialHealthChecking', 'Initial health checks in progress'],
  unhealthy: ['Target.FailedHealthChecks', 'Health checks failed'],
  draining: ['Target.DeregistrationInProgress', 'Target deregistration is in progress'],
};

/** Sets the state and AWS's reason for it, and notifies Auto Scaling of a change. */
export const enter = (
  region: Region,
  group: TargetGroup,
  target: Target,
  state: TargetState,
  [reason, description] = reasons[state] ?? [],
): void => {
  const changed = target.state !== state;
  if (reason === undefined) delete target.reason;
  else target.reason = reason;
  if (description === undefined) delete target.description;
  else target.description = description;
  if (!changed) return;
  target.state = state;
  target.since = region.now();
  delete target.failingSince;
  reportHealth(region, group.arn, target.id, state);
};

export const reportHealth = (region: Region, arn: string, instanceId: string, state: TargetState): void => {
  const autoscaling: Listener | undefined = region.service('autoscaling');
  autoscaling?.targetHealthChanged?.(arn, instanceId, state);
};

/** The time from which the application on a running instance answers; undefined if it does not and will not. */
const upAt = (region: Region, state: ElasticLoadBalancingState, instance: Instance): number | undefined => {
  if (instance.bootedAt === undefined || instance.instanceCheck !== 'ok') return undefined;
  const ailment = ailmentOf(region, instance, 'target');
  if (ailment) return ailment.until;
  if (instance.software !== undefined && state.brokenSoftware.includes(instance.software)) return undefined;
  const known = state.applications[instance.id];
  if (known?.bootedAt === instance.bootedAt) return known.upAt;
  const startMs = region.chance.around(region.timings.applicationStartMs, region.timings.spread);
  const application = { bootedAt: instance.bootedAt, upAt: instance.bootedAt + startMs };
  state.applications[instance.id] = application;
  return application.upAt;
};

/** Whether one of the group's load balancers has enabled the zone. */
const isInUse = (state: ElasticLoadBalancingState, group: TargetGroup, zone: string): boolean =>
  group.loadBalancerArns.some((arn) => {
    const zones = state.loadBalancers[arn]?.zones;
    return zones === undefined || zones.some((enabled) => enabled.zone === zone);
  });

const schedule = (
  region: Region,
  state: ElasticLoadBalancingState,
  group: TargetGroup,
  target: Target,
  instance: Instance,
): void => {
  const now = region.now();
  const up = upAt(region, state, instance);
  if (up !== undefined && up <= now) delete target.failingSince;
  else if (target.state === 'healthy') target.failingSince ??= now;
  target.plan += 1;
  const change = nextChange(target, group.healthCheck, up, now);
  if (change === undefined) {
    // It was up again before enough checks failed: the next failure counts from the start.
    delete target.failingSince;
    return;
  }
  const due: HealthDue = {
    targetGroupArn: group.arn,
    instanceId: target.id,
    plan: target.plan,
    to: change.to,
  };
  region.schedule(change.at - now, 'elasticloadbalancing', 'health', due);
};

/** Checks the target's instance and plans the next change. */
export const consider = (
  region: Region,
  state: ElasticLoadBalancingState,
  group: TargetGroup,
  target: Target,
): void => {
  if (target.state === 'draining') return;
  const instance = region.service('ec2').instance(target.id);
  if (instance === undefined || (instance.state !== 'running' && instance.state !== 'pending')) {
    target.plan += 1;
    enter(region, group, target, 'unused', [
      'Target.InvalidState',
      'Target is in the stopped or terminated state',
    ]);
    return;
  }
  if (!isInUse(state, group, instance.zone)) {
    enter(region, group, target, 'unused', [
      'Target.NotInUse',
      'Target group is not configured to receive traffic from the load balancer',
    ]);
    return;
  }
  if (target.state === 'unused') enter(region, group, target, 'initial');
  schedule(region, state, group, target, instance);
};

/** Plans the next change in every group with which the instance is registered. */
export const considerEverywhere = (
  region: Region,
  state: ElasticLoadBalancingState,
  instanceId: string,
): void => {
  for (const arn of [...(state.registrations[instanceId] ?? [])]) {
    const group = state.targetGroups[arn];
    const target = group?.targets[instanceId];
    if (group !== undefined && target !== undefined) consider(region, state, group, target);
  }
};

/** Records how long the health checks need to judge changed software: until a failing target would become unhealthy. */
export const noteVerdict = (region: Region, state: ElasticLoadBalancingState, instanceId: string): void => {
  const seconds = [...(state.registrations[instanceId] ?? [])].map((arn) => {
    const check = state.targetGroups[arn]?.healthCheck;
    return (check?.intervalSeconds ?? 0) * (check?.unhealthyThreshold ?? 0);
  });
  const longest = Math.max(0, ...seconds);
  if (longest === 0) return;
  const startedAt = region.now();
  region.span({ kind: 'verdict', subject: instanceId, startedAt, endedAt: startedAt + longest * 1000 });
};

/** User Guide, "Target health reason codes", with what AWS says for each. */
const failures: Readonly<Record<string, string>> = {
  'Target.FailedHealthChecks': 'Health checks failed',
  'Target.Timeout': 'Request timed out',
  'Target.ResponseCodeMismatch': 'Health checks failed with these codes: [502]',
  'Elb.InternalError': 'Health checks failed due to an internal error',
};

const failureOf = (region: Region, instanceId: string): readonly [string, string] | undefined => {
  const instance = region.service('ec2').instance(instanceId);
  const ailment = instance && ailmentOf(region, instance, 'target');
  if (!ailment) return undefined;
  const { reason = 'Target.FailedHealthChecks', description } = ailment;
  return [reason, description ?? failures[reason] ?? 'Health checks failed'];
};

/** Makes a planned change, unless a newer plan replaced it. */
export const changeHealth = (region: Region, state: ElasticLoadBalancingState, due: HealthDue): void => {
  const group = state.targetGroups[due.targetGroupArn];
  const target = group?.targets[due.instanceId];
  if (group === undefined || target === undefined || target.plan !== due.plan) return;
  if (due.to === 'healthy') {
    const { since } = target;
    region.span({ kind: 'health', subject: target.id, startedAt: since, endedAt: region.now() });
  }
  enter(region, group, target, due.to, due.to === 'unhealthy' ? failureOf(region, target.id) : undefined);
  consider(region, state, group, target);
};
