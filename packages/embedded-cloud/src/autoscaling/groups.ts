/** Finds groups and their members, and refuses as AWS does. */
import { AwsError } from '../core/errors';
import type { Caller, Region } from '../core/service';
import { stateOf } from './otherServices';
import type { Group, Lifecycle, Member, Refresh } from './state';

export const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/** @throws AwsError ValidationError if the group does not exist */
export const groupOf = (region: Region, name: string | undefined): Group => {
  const group = name === undefined ? undefined : stateOf(region).groups[name];
  if (group === undefined) {
    throw invalid(`AutoScalingGroup name not found - AutoScalingGroup '${name ?? ''}' not found`);
  }
  return group;
};

/** The group that this caller wants to change. @throws AwsError AccessDenied if another operator manages the group */
export const groupToChange = (region: Region, name: string | undefined, caller: Caller): Group => {
  const group = groupOf(region, name);
  if (group.operator !== undefined && group.operator !== caller.name) {
    throw new AwsError(
      'AccessDenied',
      `The Auto Scaling group ${group.name} is managed by the operator ${group.operator} and can only be changed by it.`,
      { statusCode: 403 },
    );
  }
  return group;
};

/** @throws AwsError ValidationError if an instance is not a member */
/**
 * @param most how many the action takes at once (its API reference, InstanceIds).
 * @throws AwsError ValidationError
 */
export const membersOf = (group: Group, ids: readonly string[], most = Infinity): Member[] => {
  if (ids.length > most)
    throw invalid(`The number of instances in the request must not be greater than ${String(most)}.`);
  return ids.map((id) => {
    const member = group.instances[id];
    if (member === undefined)
      throw invalid(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
    return member;
  });
};

export const memberById = (region: Region, id: string): { group: Group; member: Member } | undefined => {
  const state = stateOf(region);
  const group = state.groups[state.members[id] ?? ''];
  const member = group?.instances[id];
  return group && member ? { group, member } : undefined;
};

export const allMembers = (group: Group): Member[] => Object.values(group.instances);

const counted: ReadonlySet<Lifecycle> = new Set<Lifecycle>([
  'Pending',
  'Pending:Wait',
  'Pending:Proceed',
  'InService',
]);

/** Whether the member counts towards the desired capacity: it is in service, or on its way there. */
export const counts = (member: Member): boolean => counted.has(member.lifecycle);

export const inService = (member: Member): boolean => member.lifecycle === 'InService';

export const isPending = (member: Member): boolean => counts(member) && !inService(member);

export const isWarm = (member: Member): boolean => member.lifecycle.startsWith('Warmed:');

export const isSuspended = (group: Group, process: string): boolean => group.suspended[process] !== undefined;

const active: ReadonlySet<string> = new Set([
  'Pending',
  'InProgress',
  'Cancelling',
  'RollbackInProgress',
  'Baking',
]);

export const isActive = (refresh: Refresh): boolean => active.has(refresh.status);

/** The refresh that has not ended; a group has at most one. */
export const activeRefresh = (region: Region, group: Group): Refresh | undefined => {
  const newest = stateOf(region).refreshes[group.name]?.[0];
  return newest && isActive(newest) ? newest : undefined;
};

/** Schedules a reconcile in `delayMs`, unless an earlier one is on the agenda already. */
export const wake = (region: Region, group: Group, delayMs = 0): void => {
  const at = region.now() + Math.max(0, delayMs);
  if (group.wakeAt !== undefined && group.wakeAt <= at) return;
  group.wakeAt = at;
  region.schedule(Math.max(0, delayMs), 'autoscaling', 'reconcile', { group: group.name, at });
};
