import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { ScalingPolicy } from '@aws-sdk/client-auto-scaling';

/**
 * Policies and alarms as plain JSON in one form, whether they come from AWS, the settings or an effect. Empty values
 * are left out, and lists without an order are sorted, so equal definitions are equal texts.
 */
export type Definition = Readonly<Record<string, unknown>>;

const policyKeys = [
  'PolicyType',
  'AdjustmentType',
  'MinAdjustmentMagnitude',
  'ScalingAdjustment',
  'Cooldown',
  'StepAdjustments',
  'MetricAggregationType',
  'EstimatedInstanceWarmup',
  'TargetTrackingConfiguration',
  'PredictiveScalingConfiguration',
  'Enabled',
] as const satisfies readonly (keyof ScalingPolicy)[];

/** What `PutMetricAlarm` takes and `DescribeAlarms` returns, under the same names in both. */
const alarmKeys = [
  'AlarmDescription',
  'ActionsEnabled',
  'OKActions',
  'AlarmActions',
  'InsufficientDataActions',
  'MetricName',
  'Namespace',
  'Statistic',
  'ExtendedStatistic',
  'Dimensions',
  'Period',
  'Unit',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'Threshold',
  'ComparisonOperator',
  'TreatMissingData',
  'EvaluateLowSampleCountPercentile',
  'Metrics',
  'ThresholdMetricId',
] as const satisfies readonly (keyof MetricAlarm)[];

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && Object.keys(value).length === 0);

const clean = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, clean(inner)] as const)
      .filter(([, inner]) => !isEmpty(inner))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
};

const text = (value: unknown): string => JSON.stringify(clean(value));
const sorted = (list: readonly unknown[] | undefined): unknown[] =>
  [...(list ?? [])].sort((a, b) => (text(a) < text(b) ? -1 : 1));

const pick = (from: object, keys: readonly string[]): Definition =>
  clean(Object.fromEntries(keys.map((key) => [key, (from as Record<string, unknown>)[key]]))) as Definition;

export const policyDefinition = (policy: Partial<ScalingPolicy>): Definition =>
  pick({ ...policy, StepAdjustments: sorted(policy.StepAdjustments) }, policyKeys);

export const alarmDefinition = (alarm: Partial<MetricAlarm>): Definition =>
  pick(
    { ...alarm, AlarmActions: sorted(alarm.AlarmActions), Dimensions: sorted(alarm.Dimensions) },
    alarmKeys,
  );

/** A list of texts in a definition; empty where it has none. */
export const textsIn = (definition: Definition | null, key: string): string[] => {
  const value = definition?.[key];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
};

/** Whether two definitions, or their absence, are the same; the order of keys does not matter. */
export const same = (a: Definition | null | undefined, b: Definition | null | undefined): boolean =>
  a && b ? text(a) === text(b) : !a && !b;
