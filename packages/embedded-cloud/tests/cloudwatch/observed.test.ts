import { Cloud } from '../../src/cloud/cloud';
import { populate as fill, parseDescription } from '../../src/description/build';
import { cloudOptions } from '../../src/description/options';

const set = { AlarmName: 'quiet', StateValue: 'ALARM', StateReason: 'a test' };

/** A group of four with a step policy that scales in by one below the threshold of 10. */
const withScaleIn = async () => {
  const parsed = parseDescription({ groups: { api: { instances: 4, min: 1 } } });
  const cloud = Cloud.make(cloudOptions(parsed));
  fill(cloud, parsed);
  const answer = <Output>(service: string, action: string, input: object) =>
    cloud.run(() => cloud.answer(cloud.home, cloud.person(), service, action, input)) as Promise<Output>;
  const { PolicyARN } = await answer<{ PolicyARN: string }>('autoscaling', 'PutScalingPolicy', {
    AutoScalingGroupName: 'api',
    PolicyName: 'down',
    PolicyType: 'StepScaling',
    AdjustmentType: 'ChangeInCapacity',
    StepAdjustments: [
      { MetricIntervalUpperBound: 0, MetricIntervalLowerBound: -5, ScalingAdjustment: -1 },
      { MetricIntervalUpperBound: -5, ScalingAdjustment: -2 },
    ],
  });
  await answer('cloudwatch', 'PutMetricAlarm', {
    AlarmName: 'quiet',
    Namespace: 'AWS/EC2',
    MetricName: 'CPUUtilization',
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 10,
    ComparisonOperator: 'LessThanThreshold',
    AlarmActions: [PolicyARN],
  });
  const ring = (data?: object) =>
    answer('cloudwatch', 'SetAlarmState', { ...set, ...(data && { StateReasonData: JSON.stringify(data) }) });
  const desired = () => cloud.region(cloud.home).service('autoscaling').state.groups.api?.desired;
  return { cloud, ring, desired };
};

test.each([
  ['one', [9], 3],
  ['two', [2, 4], 2],
])('A step policy finds its step by what the alarm was told: %s fewer.', async (_, points, expected) => {
  const { cloud, ring, desired } = await withScaleIn();
  await ring({ recentDatapoints: points, threshold: 10 });
  await cloud.advance(10 * 60_000);
  expect(desired()).toBe(expected);
});

test('Without a metric no step below the threshold is found.', async () => {
  const { cloud, ring, desired } = await withScaleIn();
  await ring();
  await cloud.advance(60_000);
  expect(desired()).toBe(4);
  await ring({ queryDate: 'today' });
  expect(desired()).toBe(4);
});
