import type { AlarmSettings, ApplicationSettings, ScalingPolicySettings } from '../application/schema';
import { alarmDefinition, type Definition, policyDefinition } from './definitions';
import type { Scaling } from './diff';
import { alarmName, policyName } from './names';

const operators = {
  '>': 'GreaterThanThreshold',
  '>=': 'GreaterThanOrEqualToThreshold',
  '<': 'LessThanThreshold',
  '<=': 'LessThanOrEqualToThreshold',
} as const;

/** Namespaces whose metrics are distinguished by the group's name. */
const byGroup = new Set(['AWS/EC2', 'AWS/AutoScaling']);

/** A policy has no ARN before it is made, so alarms refer to it by name until they are written. */
export const policyReference = (name: string): string => `policy:${name}`;

/** The name of the policy that such a reference names; undefined for any other action of an alarm. */
export const policyOf = (action: string): string | undefined =>
  action.startsWith(policyReference('')) ? action.slice(policyReference('').length) : undefined;

const wantedPolicy = (
  policy: ScalingPolicySettings,
  labelOf: (targetGroup: string | undefined) => string,
): Definition => {
  const warmup = policy.instanceWarmupSeconds;
  const common = { Enabled: true, ...(warmup !== undefined && { EstimatedInstanceWarmup: warmup }) };
  if (policy.type === 'target-tracking')
    return policyDefinition({
      ...common,
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingConfiguration: {
        PredefinedMetricSpecification: {
          PredefinedMetricType: policy.metric,
          ...(policy.metric === 'ALBRequestCountPerTarget' && { ResourceLabel: labelOf(policy.targetGroup) }),
        },
        TargetValue: policy.target,
        DisableScaleIn: policy.disableScaleIn,
      },
    });
  return policyDefinition({
    ...common,
    PolicyType: 'StepScaling',
    AdjustmentType: policy.adjustment,
    MetricAggregationType: 'Average',
    ...(policy.minAdjustmentMagnitude !== undefined && {
      MinAdjustmentMagnitude: policy.minAdjustmentMagnitude,
    }),
    StepAdjustments: policy.steps.map(({ from, to, by }) => ({
      ...(from !== undefined && { MetricIntervalLowerBound: from }),
      ...(to !== undefined && { MetricIntervalUpperBound: to }),
      ScalingAdjustment: by,
    })),
  });
};

const wantedAlarm = (alarm: AlarmSettings, group: string, description: string): Definition => {
  const dimensions = {
    ...(byGroup.has(alarm.namespace) && { AutoScalingGroupName: group }),
    ...alarm.dimensions,
  };
  return alarmDefinition({
    AlarmDescription: description,
    ActionsEnabled: true,
    AlarmActions: alarm.runs.map((name) => policyReference(policyName(name))),
    MetricName: alarm.metric,
    Namespace: alarm.namespace,
    // Percentiles use another parameter than the five simple statistics.
    ...(alarm.statistic.startsWith('p')
      ? { ExtendedStatistic: alarm.statistic }
      : { Statistic: alarm.statistic as 'Average' }),
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Period: alarm.periodSeconds,
    EvaluationPeriods: alarm.evaluationPeriods,
    Threshold: alarm.threshold,
    ComparisonOperator: operators[alarm.comparison],
    TreatMissingData: alarm.missingData,
  });
};

export interface WantedPlace {
  readonly stage: string;
  readonly application: string;
  readonly group: string;
  /** `app/NAME/ID/targetgroup/NAME/ID` of a target group, or of the group's first one. */
  readonly labelOf: (targetGroup: string | undefined) => string;
}

/** What the settings ask for, by full names. */
export const wantedScaling = (
  { policies, alarms }: ApplicationSettings['scaling'],
  { stage, application, group, labelOf }: WantedPlace,
): Scaling => ({
  policies: Object.fromEntries(
    Object.entries(policies).map(([name, policy]) => [policyName(name), wantedPolicy(policy, labelOf)]),
  ),
  alarms: Object.fromEntries(
    Object.entries(alarms).map(([name, alarm]) => [
      alarmName(stage, application, name),
      wantedAlarm(alarm, group, `${name} of ${application}, made by Forseti from its settings.`),
    ]),
  ),
});

/** The label by which target tracking finds a target group's requests (Auto Scaling API, PredefinedMetricSpecification). */
export const resourceLabel = (loadBalancerArn: string, targetGroupArn: string): string =>
  `${loadBalancerArn.split(':loadbalancer/')[1] ?? ''}/${targetGroupArn.split(':').at(-1) ?? ''}`;
