import type {
  Activity,
  EnterStandbyCommandInput,
  EnterStandbyCommandOutput,
  ExitStandbyCommandInput,
  ExitStandbyCommandOutput,
} from '@aws-sdk/client-auto-scaling';
import type { Action, Region } from '../../core/service';
import { endActivityOf, shownActivity, startActivity } from '../activities';
import { groupToChange, invalid, membersOf, wake } from '../groups';
import { beginHook, hookFor } from '../hooks';
import { onGroup } from '../requirements';
import type { Group, Member } from '../state';
import { drained, takeOut } from '../terminating';

/** EnterStandby and ExitStandby: "You can specify up to 20 instances." */
const maxStandby = 20;

/** Starts the activity of one member, and returns it as the API shows it. */
const activityFor = (
  region: Region,
  group: Group,
  member: Member,
  description: string,
  cause: string,
): Activity => {
  const about = { description, cause, zone: member.zone, subnet: group.subnets[member.zone] };
  const activity = startActivity(region, group, about);
  member.activityId = activity.id;
  return shownActivity(group, activity);
};

const sizesOf = (group: Group) =>
  `AutoScalingGroup ${group.name} has min-size=${group.minSize}, max-size=${group.maxSize}, and desired-size=${group.desired}.`;

/** @throws AwsError ValidationError if an instance is not in service, or if the decrement would go below the minimum */
const checkEntering = (group: Group, members: readonly Member[], decrement: boolean): void => {
  const other = members.find((member) => member.lifecycle !== 'InService');
  if (other) throw invalid(`The instance ${other.id} is not in InService.`);
  if (decrement && group.desired - members.length < group.minSize) {
    throw invalid(
      `${sizesOf(group)} To place into standby ${members.length} instance${members.length === 1 ? '' : 's'}, ` +
        'please update the AutoScalingGroup sizes appropriately.',
    );
  }
};

export const enterStandby: Action<EnterStandbyCommandInput, Omit<EnterStandbyCommandOutput, '$metadata'>> = {
  requires: onGroup('EnterStandby'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const members = membersOf(group, input.InstanceIds ?? [], maxStandby);
    const decrement = input.ShouldDecrementDesiredCapacity === true;
    checkEntering(group, members, decrement);
    if (decrement) group.desired -= members.length;
    const shown = members.map((member) => {
      const cause = `instance ${member.id} was moved to standby in response to a user request${
        decrement ? `, shrinking the capacity to ${group.desired}` : ''
      }.`;
      const activity = activityFor(
        region,
        group,
        member,
        `Moving EC2 instance to Standby: ${member.id}`,
        cause,
      );
      member.lifecycle = 'EnteringStandby';
      takeOut(region, group, member);
      if (member.drainingSince === undefined) drained(region, group, member);
      return activity;
    });
    wake(region, group);
    return { Activities: shown } satisfies Omit<EnterStandbyCommandOutput, '$metadata'>;
  },
};

/** How long an instance is `Pending` on its way back. */
const returnMs = 1_000;

/** The instance returns to service through the launch hook, as on AWS. */
const goBack = (region: Region, group: Group, member: Member): void => {
  const hook = hookFor(group, 'autoscaling:EC2_INSTANCE_LAUNCHING');
  if (hook) {
    member.lifecycle = 'Pending:Wait';
    beginHook(region, group, member, hook);
  } else {
    member.lifecycle = 'Pending';
    const startedAt = region.now();
    region.span({ kind: 'standby', subject: member.id, startedAt, endedAt: startedAt + returnMs });
    region.schedule(returnMs, 'autoscaling', 'returned', { instanceId: member.id });
  }
};

export const exitStandby: Action<ExitStandbyCommandInput, Omit<ExitStandbyCommandOutput, '$metadata'>> = {
  requires: onGroup('ExitStandby'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const members = membersOf(group, input.InstanceIds ?? [], maxStandby);
    const other = members.find((member) => member.lifecycle !== 'Standby');
    if (other) throw invalid(`The instance ${other.id} is not in Standby.`);
    // User Guide, "Suspending processes": "While Launch is suspended, you cannot return an instance in the Standby state".
    if ('Launch' in group.suspended)
      throw invalid(`The process Launch of AutoScalingGroup ${group.name} is suspended.`);
    if (group.desired + members.length > group.maxSize) {
      throw invalid(
        `${sizesOf(group)} To move ${members.length} instance${members.length === 1 ? '' : 's'} out of standby, ` +
          'please update the AutoScalingGroup sizes appropriately.',
      );
    }
    group.desired += members.length;
    const shown = members.map((member) => {
      endActivityOf(region, group, member, 'Successful');
      const cause =
        `instance ${member.id} was moved out of standby in response to a user request, ` +
        `increasing the capacity to ${group.desired}.`;
      const activity = activityFor(
        region,
        group,
        member,
        `Moving EC2 instance out of Standby: ${member.id}`,
        cause,
      );
      member.health = 'Healthy';
      goBack(region, group, member);
      return activity;
    });
    wake(region, group);
    return { Activities: shown };
  },
};
