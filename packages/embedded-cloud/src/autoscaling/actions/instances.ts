import type {
  AttachInstancesCommandInput,
  DetachInstancesCommandInput,
  DetachInstancesCommandOutput,
  SetInstanceHealthCommandInput,
  SetInstanceProtectionCommandInput,
  TerminateInstanceInAutoScalingGroupCommandInput,
  TerminateInstanceInAutoScalingGroupCommandOutput,
} from '@aws-sdk/client-auto-scaling';
import type { Action } from '../../core/service';
import { shownActivity, startActivity } from '../activities';
import { groupToChange, invalid, memberById, membersOf, wake } from '../groups';
import { enterService } from '../launching';
import { ec2Of, stateOf } from '../otherServices';
import { onGroup, onGroupOfInstance } from '../requirements';
import { drained, takeOut, terminate } from '../terminating';

const unknownInstance = (id: string | undefined) =>
  invalid(`Instance Id not found - No managed instance found for instance ID: ${id ?? ''}`);

export const terminateInstanceInAutoScalingGroup: Action<
  TerminateInstanceInAutoScalingGroupCommandInput,
  Omit<TerminateInstanceInAutoScalingGroupCommandOutput, '$metadata'>
> = {
  requires: onGroupOfInstance('TerminateInstanceInAutoScalingGroup'),
  run(input, region, caller) {
    const found = memberById(region, input.InstanceId ?? '');
    if (!found) throw unknownInstance(input.InstanceId);
    const group = groupToChange(region, found.group.name, caller);
    if (input.ShouldDecrementDesiredCapacity === true) {
      if (group.desired - 1 < group.minSize) {
        throw invalid(
          `Currently, desiredSize equals minSize (${group.minSize}). Terminating instance without replacement will ` +
            "violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower " +
            "group's min size.",
        );
      }
      group.desired -= 1;
    }
    terminate(region, group, found.member, 'taken out of service in response to a user request');
    wake(region, group);
    const activity = stateOf(region).activities[group.name]?.[0];
    return { Activity: activity && shownActivity(group, activity) };
  },
};

export const setInstanceProtection: Action<SetInstanceProtectionCommandInput, object> = {
  requires: onGroup('SetInstanceProtection'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    for (const member of membersOf(group, input.InstanceIds ?? [], 50)) {
      if (
        !['InService', 'Standby', 'EnteringStandby'].includes(member.lifecycle) &&
        !member.lifecycle.startsWith('Pending')
      ) {
        throw invalid(`The instance ${member.id} is not in InService or EnteringStandby or Standby.`);
      }
      member.protected = input.ProtectedFromScaleIn === true;
    }
    wake(region, group);
    return {};
  },
};

export const setInstanceHealth: Action<SetInstanceHealthCommandInput, object> = {
  requires: onGroupOfInstance('SetInstanceHealth'),
  run(input, region, caller) {
    const found = memberById(region, input.InstanceId ?? '');
    if (!found) throw unknownInstance(input.InstanceId);
    const group = groupToChange(region, found.group.name, caller);
    const { member } = found;
    const graceEndsAt = (member.inServiceAt ?? member.launchedAt) + group.gracePeriodSeconds * 1000;
    // ShouldRespectGracePeriod is true by default.
    if (input.ShouldRespectGracePeriod !== false && region.now() < graceEndsAt) return {};
    member.health = input.HealthStatus === 'Unhealthy' ? 'Unhealthy' : 'Healthy';
    wake(region, group);
    return {};
  },
};

export const detachInstances: Action<
  DetachInstancesCommandInput,
  Omit<DetachInstancesCommandOutput, '$metadata'>
> = {
  requires: onGroup('DetachInstances'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const members = membersOf(group, input.InstanceIds ?? []);
    const decrement = input.ShouldDecrementDesiredCapacity === true;
    if (decrement && group.desired - members.length < group.minSize) {
      throw invalid(
        `AutoScalingGroup ${group.name} has min-size=${group.minSize}, max-size=${group.maxSize}, and ` +
          `desired-size=${group.desired}. To detach ${members.length} instances, please update the AutoScalingGroup ` +
          'sizes appropriately.',
      );
    }
    if (decrement) group.desired -= members.length;
    const shown = members.map((member) => {
      const about = { description: `Detaching EC2 instance: ${member.id}`, zone: member.zone };
      const activity = startActivity(region, group, {
        ...about,
        cause: `instance ${member.id} was detached in response to a user request.`,
      });
      member.activityId = activity.id;
      const serving = member.lifecycle === 'InService';
      member.lifecycle = 'Detaching';
      if (serving) takeOut(region, group, member);
      if (member.drainingSince === undefined) drained(region, group, member);
      return shownActivity(group, activity);
    });
    wake(region, group);
    return { Activities: shown };
  },
};

export const attachInstances: Action<AttachInstancesCommandInput, object> = {
  requires: onGroup('AttachInstances'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const ids = input.InstanceIds ?? [];
    if (group.desired + ids.length > group.maxSize) {
      throw invalid(
        `AutoScalingGroup ${group.name} has min-size=${group.minSize}, max-size=${group.maxSize}, and ` +
          `desired-size=${group.desired}. To attach ${ids.length} more instance, please update the AutoScalingGroup ` +
          'sizes appropriately.',
      );
    }
    for (const id of ids) {
      const instance = ec2Of(region).instance(id);
      if (instance?.state !== 'running') throw invalid(`Invalid Instance ID ${id}: it is not running.`);
      if (memberById(region, id)) throw invalid(`Instance ${id} is already part of AutoScalingGroup`);
      stateOf(region).members[id] = group.name;
      group.instances[id] = {
        id,
        zone: instance.zone,
        type: instance.instanceType,
        imageId: instance.imageId,
        launchedAt: region.now(),
        lifecycle: 'Pending',
        health: 'Healthy',
        protected: group.newInstancesProtected,
        unhealthyIn: [],
      };
      group.desired += 1;
      enterService(region, group, group.instances[id]);
    }
    return {};
  },
};
