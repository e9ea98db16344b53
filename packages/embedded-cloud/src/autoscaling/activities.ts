/** The scaling activities of a group: what DescribeScalingActivities shows. */
import type { Activity } from '@aws-sdk/client-auto-scaling';
import type { Region } from '../core/service';
import { stateOf } from './otherServices';
import type { ActivityRecord, Group, Member } from './state';

/** Newest activities kept. A refresh of 350 instances makes fewer; AWS keeps six weeks. */
const kept = 1000;

export const startActivity = (
  region: Region,
  group: Group,
  about: { description: string; cause: string; zone?: string; subnet?: string | undefined },
): ActivityRecord => {
  const activity: ActivityRecord = {
    id: region.newId(),
    group: group.name,
    description: about.description,
    cause: `At ${new Date(region.now()).toISOString().slice(0, 19)}Z ${about.cause}`,
    startedAt: region.now(),
    details: JSON.stringify({
      ...(about.subnet === undefined ? {} : { 'Subnet ID': about.subnet }),
      ...(about.zone === undefined ? {} : { 'Availability Zone': about.zone }),
    }),
    status: 'InProgress',
    progress: 50,
  };
  const list = (stateOf(region).activities[group.name] ??= []);
  list.unshift(activity);
  if (list.length > kept) list.length = kept;
  return activity;
};

export const endActivity = (
  region: Region,
  activity: ActivityRecord,
  status: 'Successful' | 'Failed' | 'Cancelled',
  message?: string,
): void => {
  activity.status = status;
  activity.progress = 100;
  activity.endedAt = region.now();
  if (message !== undefined) activity.statusMessage = message;
};

/** Ends the activity under which a member's launch or termination is noted. */
export const endActivityOf = (
  region: Region,
  group: Group,
  member: Member,
  status: 'Successful' | 'Failed' | 'Cancelled',
  message?: string,
): void => {
  const { activityId } = member;
  if (activityId === undefined) return;
  delete member.activityId;
  const found = stateOf(region).activities[group.name]?.find(({ id }) => id === activityId);
  if (found) endActivity(region, found, status, message);
};

export const shownActivity = (group: Group | undefined, activity: ActivityRecord): Activity => ({
  ActivityId: activity.id,
  AutoScalingGroupName: activity.group,
  AutoScalingGroupARN: group?.arn,
  Description: activity.description,
  Cause: activity.cause,
  StartTime: new Date(activity.startedAt),
  EndTime: activity.endedAt === undefined ? undefined : new Date(activity.endedAt),
  StatusCode: activity.status,
  StatusMessage: activity.statusMessage,
  Progress: activity.progress,
  Details: activity.details,
});
