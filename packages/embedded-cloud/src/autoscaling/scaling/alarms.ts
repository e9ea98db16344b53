/** The two alarms that a target tracking policy creates, and deletes together with itself. */
import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import type { Region } from '../../core/service';
import { autoScalingItself } from '../otherServices';
import type { ScalingPolicyRecord } from '../state';

/** The metric behind each predefined type, and its namespace. */
const predefined: Readonly<Record<string, readonly [string, string]>> = {
  ASGAverageCPUUtilization: ['CPUUtilization', 'AWS/EC2'],
  ASGAverageNetworkIn: ['NetworkIn', 'AWS/EC2'],
  ASGAverageNetworkOut: ['NetworkOut', 'AWS/EC2'],
  ALBRequestCountPerTarget: ['RequestCountPerTarget', 'AWS/ApplicationELB'],
};

const metricOf = (policy: ScalingPolicyRecord) => {
  const { customized, predefined: given } = policy.target ?? {};
  if (customized) {
    const { MetricName, Namespace, Dimensions } = customized;
    return { MetricName, Namespace, Dimensions: Dimensions?.map(({ Name, Value }) => ({ Name, Value })) };
  }
  const [MetricName, Namespace] = predefined[given?.PredefinedMetricType ?? ''] ?? [
    'CPUUtilization',
    'AWS/EC2',
  ];
  return { MetricName, Namespace, Dimensions: [{ Name: 'AutoScalingGroupName', Value: policy.group }] };
};

/** AWS scales in below 90 percent of the target for 15 minutes, and out above the target for 3 minutes. */
export const makeTrackingAlarms = async (
  region: Region,
  policy: ScalingPolicyRecord,
): Promise<ScalingPolicyRecord['alarms']> => {
  const target = policy.target?.value ?? 0;
  const id = policy.alarms[0]?.name.slice(-36) ?? region.newId();
  const alarms = [
    { side: 'AlarmHigh', operator: 'GreaterThanThreshold', threshold: target, periods: 3 },
    { side: 'AlarmLow', operator: 'LessThanThreshold', threshold: target * 0.9, periods: 15 },
  ] as const;
  const made: { name: string; arn: string }[] = [];
  for (const { side, operator, threshold, periods } of alarms) {
    if (side === 'AlarmLow' && policy.target?.disableScaleIn) continue;
    const name = `TargetTracking-${policy.group}-${side}-${id}`;
    await region.call(autoScalingItself(region), 'cloudwatch', 'PutMetricAlarm', {
      AlarmName: name,
      AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policy.arn}.`,
      ...metricOf(policy),
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: periods,
      Threshold: threshold,
      ComparisonOperator: operator,
      AlarmActions: [policy.arn],
    } satisfies PutMetricAlarmCommandInput);
    made.push({ name, arn: region.arn('cloudwatch', `alarm:${name}`) });
  }
  return made;
};

export const deleteTrackingAlarms = async (region: Region, policy: ScalingPolicyRecord): Promise<void> => {
  const names = policy.target ? policy.alarms.map(({ name }) => name) : [];
  if (names.length > 0)
    await region.call(autoScalingItself(region), 'cloudwatch', 'DeleteAlarms', { AlarmNames: names });
};
