/** What makes a member unhealthy: EC2's word and, where the group asks them, its target groups'. */
import type { Region } from '../core/service';
import { allMembers, isSuspended } from './groups';
import { ec2Of, loadBalancingOf } from './otherServices';
import type { Group, Member } from './state';

export const asksTargetGroups = (group: Group): boolean =>
  group.healthCheckType.split(',').includes('ELB') && group.targetGroupArns.length > 0;

const graceEndsAt = (group: Group, member: Member): number =>
  (member.inServiceAt ?? member.launchedAt) + group.gracePeriodSeconds * 1000;

/** Whether its target groups all find it healthy; true where the group does not ask them. */
export const healthyInTargetGroups = (region: Region, group: Group, member: Member): boolean =>
  !asksTargetGroups(group) ||
  group.targetGroupArns.every((arn) => loadBalancingOf(region).health(arn, member.id) === 'healthy');

/**
 * Marks those unhealthy that EC2 no longer runs, or that a target group has found unhealthy past their grace period.
 * Standby is not checked. Answers when the next grace period ends that matters.
 */
export const checkHealth = (region: Region, group: Group): number | undefined => {
  if (isSuspended(group, 'HealthCheck')) return undefined;
  const asked = asksTargetGroups(group);
  let next: number | undefined;
  for (const member of allMembers(group)) {
    if (member.lifecycle !== 'InService' || member.health === 'Unhealthy') continue;
    if (ec2Of(region).instance(member.id)?.state !== 'running') member.health = 'Unhealthy';
    if (!asked || member.unhealthyIn.length === 0) continue;
    const grace = graceEndsAt(group, member);
    if (region.now() >= grace) member.health = 'Unhealthy';
    else next = Math.min(next ?? grace, grace);
  }
  return next;
};
