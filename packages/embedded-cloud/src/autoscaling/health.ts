/** What makes a member unhealthy: its state in EC2 and, if the group uses ELB health checks, its target groups. */
import type { Region } from '../core/service';
import { allMembers, isSuspended } from './groups';
import { ec2Of, type LaunchedInstance, loadBalancingOf } from './otherServices';
import type { Group, Member } from './state';

export const asksTargetGroups = (group: Group): boolean =>
  group.healthCheckType.split(',').includes('ELB') && group.targetGroupArns.length > 0;

const graceEndsAt = (group: Group, member: Member): number =>
  (member.inServiceAt ?? member.launchedAt) + group.gracePeriodSeconds * 1000;

/** Whether all target groups find the member healthy; true if the group does not use ELB health checks. */
export const healthyInTargetGroups = (region: Region, group: Group, member: Member): boolean =>
  !asksTargetGroups(group) ||
  group.targetGroupArns.every((arn) => loadBalancingOf(region).health(arn, member.id) === 'healthy');

/** User Guide, "Health checks for instances": either status check that fails counts, past the grace period. */
const isImpaired = (instance: LaunchedInstance | undefined): boolean =>
  instance?.instanceCheck === 'impaired' || instance?.systemCheck === 'impaired';

/**
 * Marks members as unhealthy if EC2 no longer runs them, or if a status check or a target group still finds them
 * unhealthy after the grace period. Members in standby are not checked.
 * @returns when the next grace period of an unhealthy member ends
 */
export const checkHealth = (region: Region, group: Group): number | undefined => {
  if (isSuspended(group, 'HealthCheck')) return undefined;
  const asked = asksTargetGroups(group);
  let next: number | undefined;
  for (const member of allMembers(group)) {
    if (member.lifecycle !== 'InService' || member.health === 'Unhealthy') continue;
    const instance = ec2Of(region).instance(member.id);
    if (instance?.state !== 'running') member.health = 'Unhealthy';
    if (!isImpaired(instance) && (!asked || member.unhealthyIn.length === 0)) continue;
    const grace = graceEndsAt(group, member);
    if (region.now() >= grace) member.health = 'Unhealthy';
    else next = Math.min(next ?? grace, grace);
  }
  return next;
};
