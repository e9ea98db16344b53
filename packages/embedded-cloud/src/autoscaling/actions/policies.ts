import type {
  DeletePolicyCommandInput,
  DescribePoliciesCommandInput,
  DescribePoliciesCommandOutput,
  ExecutePolicyCommandInput,
  PutScalingPolicyCommandInput,
  PutScalingPolicyCommandOutput,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { groupToChange, invalid } from '../groups';
import { stateOf } from '../otherServices';
import { checkResourceLabel } from '../policy/resourceLabel';
import { pageOf } from '../paging';
import { groupRequirement, onEverything, onGroup } from '../requirements';
import { deleteTrackingAlarms, makeTrackingAlarms } from '../scaling/alarms';
import { policyOf, scale } from '../scaling/execute';
import { shownPolicy } from '../shown';
import type { Group, ScalingPolicyRecord } from '../state';

/** Default quota per group. */
const maxPolicies = 50;

const definitionOf = (input: PutScalingPolicyCommandInput) => {
  const tracking = input.TargetTrackingConfiguration;
  return {
    ...(input.AdjustmentType === undefined ? {} : { adjustmentType: input.AdjustmentType }),
    ...(input.ScalingAdjustment === undefined ? {} : { adjustment: input.ScalingAdjustment }),
    ...(input.MinAdjustmentMagnitude === undefined
      ? {}
      : { minAdjustmentMagnitude: input.MinAdjustmentMagnitude }),
    ...(input.Cooldown === undefined ? {} : { cooldownSeconds: input.Cooldown }),
    ...(input.MetricAggregationType === undefined ? {} : { aggregation: input.MetricAggregationType }),
    ...(input.EstimatedInstanceWarmup === undefined ? {} : { warmupSeconds: input.EstimatedInstanceWarmup }),
    ...(tracking?.TargetValue === undefined
      ? {}
      : {
          target: {
            value: tracking.TargetValue,
            disableScaleIn: tracking.DisableScaleIn ?? false,
            ...(tracking.PredefinedMetricSpecification && {
              predefined: tracking.PredefinedMetricSpecification,
            }),
            ...(tracking.CustomizedMetricSpecification && {
              customized: tracking.CustomizedMetricSpecification,
            }),
          },
        }),
  };
};

/** API reference, StepAdjustment. @throws AwsError ValidationError */
const checkOpenEnds = (steps: NonNullable<PutScalingPolicyCommandInput['StepAdjustments']>): void => {
  const lower = steps.map(({ MetricIntervalLowerBound: bound }) => bound);
  const upper = steps.map(({ MetricIntervalUpperBound: bound }) => bound);
  if (steps.some((_, index) => lower[index] === undefined && upper[index] === undefined))
    throw invalid('The upper and lower bound cannot both be unspecified in one step adjustment.');
  if (lower.some((bound) => (bound ?? 0) < 0) && !lower.includes(undefined))
    throw invalid(
      'There must be a step adjustment with an unspecified lower bound when one step adjustment has a negative lower bound',
    );
  if (upper.some((bound) => (bound ?? 0) > 0) && !upper.includes(undefined))
    throw invalid(
      'There must be a step adjustment with an unspecified upper bound when one step adjustment has a positive upper bound',
    );
};

/** @throws AwsError ValidationError if a parameter that the policy's type needs is missing */
const typeOf = (input: PutScalingPolicyCommandInput): ScalingPolicyRecord['type'] => {
  const type = (input.PolicyType ?? 'SimpleScaling') as ScalingPolicyRecord['type'];
  if (type === 'TargetTrackingScaling' && !input.TargetTrackingConfiguration) {
    throw invalid('TargetTrackingConfiguration must be specified for policy type TargetTrackingScaling.');
  }
  if (type === 'StepScaling' && !input.StepAdjustments?.length) {
    throw invalid('At least one StepAdjustment must be specified.');
  }
  if (type === 'StepScaling') checkOpenEnds(input.StepAdjustments ?? []);
  const amounts = [
    input.ScalingAdjustment,
    ...(input.StepAdjustments ?? []).map((step) => step.ScalingAdjustment),
  ];
  if (input.AdjustmentType === 'ExactCapacity' && amounts.some((amount) => (amount ?? 0) < 0))
    throw invalid('For exact capacity, you must specify a non-negative value.');
  if ((type === 'StepScaling' || type === 'SimpleScaling') && input.AdjustmentType === undefined) {
    throw invalid('AdjustmentType must be specified.');
  }
  return type;
};

const recordOf = (region: Region, group: Group, input: PutScalingPolicyCommandInput): ScalingPolicyRecord => {
  const name = input.PolicyName ?? '';
  const { policies } = stateOf(region);
  const policiesOfGroup = Object.values(policies).filter((policy) => policy.group === group.name);
  const before = policiesOfGroup.find((policy) => policy.name === name);
  if (!before && policiesOfGroup.length >= maxPolicies) {
    throw new AwsError(
      'LimitExceeded',
      `You have already reached your limit of ${maxPolicies} scaling policies.`,
    );
  }
  const resource = `scalingPolicy:${region.newId()}:autoScalingGroupName/${group.name}:policyName/${name}`;
  return {
    arn: before?.arn ?? region.arn('autoscaling', resource),
    name,
    group: group.name,
    type: typeOf(input),
    steps: input.StepAdjustments ?? [],
    enabled: input.Enabled ?? true,
    ...definitionOf(input),
    alarms: before?.alarms ?? [],
  };
};

export const putScalingPolicy: Action<
  PutScalingPolicyCommandInput,
  Omit<PutScalingPolicyCommandOutput, '$metadata'>
> = {
  requires: onGroup('PutScalingPolicy'),
  async run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const policy = recordOf(region, group, input);
    checkResourceLabel(region, group, input);
    if (policy.target) policy.alarms = await makeTrackingAlarms(region, policy);
    stateOf(region).policies[policy.arn] = policy;
    return {
      PolicyARN: policy.arn,
      Alarms: policy.alarms.map(({ name, arn }) => ({ AlarmName: name, AlarmARN: arn })),
    };
  },
};

export const describePolicies: Action<
  DescribePoliciesCommandInput,
  Omit<DescribePoliciesCommandOutput, '$metadata'>
> = {
  requires: onEverything('DescribePolicies'),
  run(input, region) {
    const { PolicyNames: names = [], PolicyTypes: types = [], AutoScalingGroupName: group } = input;
    const found = Object.values(stateOf(region).policies).filter(
      (policy) =>
        (group === undefined || policy.group === group) &&
        (names.length === 0 || names.includes(policy.name) || names.includes(policy.arn)) &&
        (types.length === 0 || types.includes(policy.type)),
    );
    const { page, ...next } = pageOf(found, input, 50);
    return { ScalingPolicies: page.map(shownPolicy), ...next };
  },
};

export const deletePolicy: Action<DeletePolicyCommandInput, object> = {
  requires: onGroup('DeletePolicy'),
  async run(input, region, caller) {
    const policy = policyOf(region, input);
    groupToChange(region, policy.group, caller);
    await deleteTrackingAlarms(region, policy);
    delete stateOf(region).policies[policy.arn];
    return {};
  },
};

export const executePolicy: Action<ExecutePolicyCommandInput, object> = {
  requires: (input, region) => [groupRequirement(region, 'ExecutePolicy', input.AutoScalingGroupName)],
  run(input, region, caller) {
    const policy = policyOf(region, input);
    const group = groupToChange(region, policy.group, caller);
    const breach =
      input.MetricValue === undefined || input.BreachThreshold === undefined
        ? undefined
        : input.MetricValue - input.BreachThreshold;
    scale(region, group, policy, breach);
    return {};
  },
};
