/** Taking instances out: they leave the target groups first, then pass the hook, and then are terminated. */
import type { Region } from '../core/service';
import { endActivityOf, startActivity } from './activities';
import { isWarm, wake } from './groups';
import { beginHook, hookFor } from './hooks';
import { publishInstanceEvent } from './launching';
import { ec2Of, loadBalancingOf, stateOf } from './otherServices';
import type { Group, Member } from './state';

export const isDraining = (region: Region, group: Group, member: Member): boolean =>
  group.targetGroupArns.some((arn) => loadBalancingOf(region).health(arn, member.id) === 'draining');

/** Deregisters from all target groups; connections drain for the deregistration delay. */
export const takeOut = (region: Region, group: Group, member: Member): void => {
  for (const arn of group.targetGroupArns) loadBalancingOf(region).deregister(arn, member.id);
  if (isDraining(region, group, member)) member.drainingSince = region.now();
};

/** @param cause for example `taken out of service in response to a user request` */
export const terminate = (region: Region, group: Group, member: Member, cause: string): void => {
  if (member.lifecycle.startsWith('Terminating') || member.lifecycle === 'Warmed:Terminating') return;
  endActivityOf(region, group, member, 'Cancelled');
  delete member.hook;
  const before = member.lifecycle;
  const activity = startActivity(region, group, {
    description: `Terminating EC2 instance: ${member.id}`,
    cause: `an instance was ${cause}.`,
    zone: member.zone,
    subnet: group.subnets[member.zone],
  });
  member.activityId = activity.id;
  if (isWarm(member)) {
    member.lifecycle = 'Warmed:Terminating';
    ec2Of(region).terminate(member.id);
    return;
  }
  member.lifecycle = 'Terminating';
  if (before === 'InService') takeOut(region, group, member);
  if (member.drainingSince === undefined) drained(region, group, member);
  else activity.status = 'WaitingForELBConnectionDraining';
};

/** Draining is over, or there was none: the instance enters standby, is detached, or goes on to termination. */
export const drained = (region: Region, group: Group, member: Member): void => {
  delete member.drainingSince;
  if (member.lifecycle === 'EnteringStandby') {
    member.lifecycle = 'Standby';
    endActivityOf(region, group, member, 'Successful');
    wake(region, group);
  } else if (member.lifecycle === 'Detaching') {
    endActivityOf(region, group, member, 'Successful');
    forget(region, group, member);
  } else if (member.lifecycle === 'Terminating') {
    const hook = hookFor(group, 'autoscaling:EC2_INSTANCE_TERMINATING');
    if (!hook || ec2Of(region).instance(member.id)?.state !== 'running')
      return switchOff(region, group, member);
    member.lifecycle = 'Terminating:Wait';
    beginHook(region, group, member, hook);
  }
};

export const switchOff = (region: Region, group: Group, member: Member): void => {
  member.lifecycle = 'Terminating:Proceed';
  delete member.hook;
  const instance = ec2Of(region).instance(member.id);
  if (instance && instance.state !== 'terminated') ec2Of(region).terminate(member.id);
  else gone(region, group, member);
};

/** The instance has ended in EC2 and leaves the group. */
export const gone = (region: Region, group: Group, member: Member): void => {
  endActivityOf(region, group, member, 'Successful');
  publishInstanceEvent(region, group, 'EC2 Instance Terminate Successful', {
    instanceId: member.id,
    zone: member.zone,
  });
  forget(region, group, member);
};

export const forget = (region: Region, group: Group, member: Member): void => {
  delete group.instances[member.id];
  delete stateOf(region).members[member.id];
  if (group.deleting === true && Object.keys(group.instances).length === 0) {
    delete stateOf(region).groups[group.name];
    return;
  }
  wake(region, group);
};
