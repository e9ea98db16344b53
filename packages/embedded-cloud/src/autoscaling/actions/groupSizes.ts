import type {
  CreateAutoScalingGroupCommandInput,
  DeleteAutoScalingGroupCommandInput,
  SetDesiredCapacityCommandInput,
  UpdateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { activeRefresh, allMembers, groupToChange, invalid, wake } from '../groups';
import { stateOf } from '../otherServices';
import { place } from '../placement';
import { groupRequirement, launchRequirements, onGroup } from '../requirements';
import { newGroup } from '../seed';
import { sourceFrom, specificationOf } from '../source';
import type { Group } from '../state';
import { terminate } from '../terminating';

/** @throws AwsError ValidationError */
const checkSizes = ({ min, max, desired }: { min: number; max: number; desired: number }): void => {
  if (min > max) throw invalid(`Max bound, ${max}, must be greater than or equal to min bound, ${min}`);
  if (desired < min || desired > max) {
    throw invalid(
      `Desired capacity:${desired} must be between the specified min size:${min} and max size:${max}`,
    );
  }
};

/**
 * A new minimum or maximum also moves the desired capacity into its range, unless the request sets the desired
 * capacity.
 */
const updateSizes = (group: Group, input: UpdateAutoScalingGroupCommandInput): void => {
  const min = input.MinSize ?? group.minSize;
  const max = input.MaxSize ?? group.maxSize;
  const desired = input.DesiredCapacity ?? Math.max(min, Math.min(max, group.desired));
  checkSizes({ min, max, desired });
  Object.assign(group, { minSize: min, maxSize: max, desired });
};

const updateLaunch = (region: Region, group: Group, input: UpdateAutoScalingGroupCommandInput): void => {
  const source = sourceFrom(region, input);
  if (!source) return;
  if (activeRefresh(region, group)?.desired) {
    throw invalid(
      'An active instance refresh with a desired configuration exists. All configuration options derived from the ' +
        'desired configuration are not available for update while the instance refresh is active.',
    );
  }
  group.launch = source;
};

const updateRest = (group: Group, input: UpdateAutoScalingGroupCommandInput): void => {
  group.defaultCooldownSeconds = input.DefaultCooldown ?? group.defaultCooldownSeconds;
  group.healthCheckType = input.HealthCheckType ?? group.healthCheckType;
  group.gracePeriodSeconds = input.HealthCheckGracePeriod ?? group.gracePeriodSeconds;
  group.terminationPolicies = input.TerminationPolicies ?? group.terminationPolicies;
  group.newInstancesProtected = input.NewInstancesProtectedFromScaleIn ?? group.newInstancesProtected;
  // -1 removes the setting.
  if (input.DefaultInstanceWarmup === -1) delete group.defaultWarmupSeconds;
  else if (input.DefaultInstanceWarmup !== undefined)
    group.defaultWarmupSeconds = input.DefaultInstanceWarmup;
  const policy = input.InstanceMaintenancePolicy;
  if (policy?.MinHealthyPercentage === -1) delete group.maintenance;
  else if (policy?.MinHealthyPercentage !== undefined && policy.MaxHealthyPercentage !== undefined) {
    group.maintenance = { min: policy.MinHealthyPercentage, max: policy.MaxHealthyPercentage };
  }
};

/** What a group launches from after an update. Every update needs the caller's permission to launch from it. */
const launchedFrom = (
  region: Region,
  input: UpdateAutoScalingGroupCommandInput,
): Pick<UpdateAutoScalingGroupCommandInput, 'LaunchTemplate' | 'MixedInstancesPolicy'> => {
  if (input.LaunchTemplate ?? input.MixedInstancesPolicy ?? input.LaunchConfigurationName) return input;
  const launch = stateOf(region).groups[input.AutoScalingGroupName ?? '']?.launch;
  return {
    LaunchTemplate: launch?.launchTemplate && specificationOf(launch.launchTemplate),
    MixedInstancesPolicy: launch?.mixed,
  };
};

export const updateAutoScalingGroup: Action<UpdateAutoScalingGroupCommandInput, object> = {
  requires: (input, region) => [
    groupRequirement(region, 'UpdateAutoScalingGroup', input.AutoScalingGroupName),
    ...launchRequirements(region, launchedFrom(region, input)),
  ],
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    if (group.deleting === true) throw invalid('Group is pending delete.');
    updateLaunch(region, group, input);
    updateSizes(group, input);
    updateRest(group, input);
    place(region, group, input);
    wake(region, group);
    return {};
  },
};

export const createAutoScalingGroup: Action<CreateAutoScalingGroupCommandInput, object> = {
  requires: (input, region) => [
    groupRequirement(region, 'CreateAutoScalingGroup', input.AutoScalingGroupName),
    ...launchRequirements(region, input),
  ],
  run(input, region) {
    const state = stateOf(region);
    const name = input.AutoScalingGroupName ?? '';
    if (state.groups[name]) {
      throw new AwsError(
        'AlreadyExists',
        `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`,
      );
    }
    const launch = sourceFrom(region, input);
    if (!launch)
      throw invalid(
        'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
      );
    const [min, max] = [input.MinSize ?? 0, input.MaxSize ?? 0];
    checkSizes({ min, max, desired: input.DesiredCapacity ?? min });
    const group = newGroup(region, {
      name,
      minSize: min,
      maxSize: max,
      desired: input.DesiredCapacity ?? min,
      zones: [],
      launch,
    });
    group.targetGroupArns = input.TargetGroupARNs ?? [];
    group.tags = (input.Tags ?? []).map((tag) => ({
      key: tag.Key ?? '',
      value: tag.Value ?? '',
      propagate: tag.PropagateAtLaunch ?? false,
    }));
    updateRest(group, input);
    place(region, group, input);
    state.groups[name] = group;
    wake(region, group);
    return {};
  },
};

export const deleteAutoScalingGroup: Action<DeleteAutoScalingGroupCommandInput, object> = {
  requires: onGroup('DeleteAutoScalingGroup'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    if (allMembers(group).length > 0 && input.ForceDelete !== true) {
      throw new AwsError(
        'ResourceInUse',
        'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
      );
    }
    group.deleting = true;
    group.desired = 0;
    if (allMembers(group).length === 0) delete stateOf(region).groups[group.name];
    for (const member of allMembers(group)) {
      terminate(
        region,
        group,
        member,
        'taken out of service in response to a user request to delete the group',
      );
    }
    return {};
  },
};

export const setDesiredCapacity: Action<SetDesiredCapacityCommandInput, object> = {
  requires: onGroup('SetDesiredCapacity'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const desired = input.DesiredCapacity ?? 0;
    if (desired > group.maxSize) {
      throw invalid(
        `New SetDesiredCapacity value ${desired} is above max value ${group.maxSize} for the AutoScalingGroup.`,
      );
    }
    if (desired < group.minSize) {
      throw invalid(
        `New SetDesiredCapacity value ${desired} is below min value ${group.minSize} for the AutoScalingGroup.`,
      );
    }
    const coolUntil = (group.scaledAt ?? 0) + group.defaultCooldownSeconds * 1000;
    if (input.HonorCooldown === true && region.now() < coolUntil) {
      throw new AwsError('ScalingActivityInProgress', 'The group is in its cooldown period.');
    }
    group.desired = desired;
    wake(region, group);
    return {};
  },
};
