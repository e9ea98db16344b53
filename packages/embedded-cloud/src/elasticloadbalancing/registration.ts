/** Registering and deregistering targets. */
import type { Region } from '../core/service';
import { consider, enter, reportHealth } from './health';
import type { ElasticLoadBalancingState, TargetGroup } from './state';

/** The agenda's entry for the end of draining. */
export interface DrainedDue {
  readonly targetGroupArn: string;
  readonly instanceId: string;
  readonly plan: number;
  readonly since: number;
}

/** Does nothing to a registered target. A draining target is registered anew. */
export const register = (
  region: Region,
  state: ElasticLoadBalancingState,
  group: TargetGroup,
  instanceId: string,
): void => {
  const present = group.targets[instanceId];
  if (present !== undefined && present.state !== 'draining') return;
  const now = region.now();
  const target = {
    id: instanceId,
    port: group.port,
    registeredAt: now,
    state: 'unused' as const,
    since: now,
    plan: (present?.plan ?? 0) + 1,
  };
  group.targets[instanceId] = target;
  const registrations = (state.registrations[instanceId] ??= []);
  if (!registrations.includes(group.arn)) registrations.push(group.arn);
  consider(region, state, group, target);
};

const deregistrationDelayMs = (group: TargetGroup): number =>
  Number(group.attributes['deregistration_delay.timeout_seconds'] ?? '300') * 1000;

/**
 * The target drains for the whole deregistration delay, and is then unused. AWS shows it so even if no request was
 * in flight. A target that is already unused is removed at once.
 */
export const deregister = (
  region: Region,
  state: ElasticLoadBalancingState,
  group: TargetGroup,
  instanceId: string,
): void => {
  const target = group.targets[instanceId];
  if (target === undefined || target.state === 'draining') return;
  target.plan += 1;
  const delayMs = deregistrationDelayMs(group);
  if (target.state === 'unused' || delayMs === 0) return remove(region, state, group, instanceId);
  enter(region, group, target, 'draining');
  const due: DrainedDue = { targetGroupArn: group.arn, instanceId, plan: target.plan, since: region.now() };
  region.schedule(delayMs, 'elasticloadbalancing', 'drained', due);
};

export const finishDraining = (region: Region, state: ElasticLoadBalancingState, due: DrainedDue): void => {
  const group = state.targetGroups[due.targetGroupArn];
  const target = group?.targets[due.instanceId];
  if (group === undefined || target?.plan !== due.plan) return;
  region.span({ kind: 'draining', subject: due.instanceId, startedAt: due.since, endedAt: region.now() });
  remove(region, state, group, due.instanceId);
};

const remove = (
  region: Region,
  state: ElasticLoadBalancingState,
  group: TargetGroup,
  instanceId: string,
): void => {
  delete group.targets[instanceId];
  const left = (state.registrations[instanceId] ?? []).filter((arn) => arn !== group.arn);
  if (left.length > 0) {
    state.registrations[instanceId] = left;
  } else {
    delete state.registrations[instanceId];
    delete state.applications[instanceId];
  }
  reportHealth(region, group.arn, instanceId, 'unused');
};
