import { makeFakeRegion } from '../support/fakeRegion';
import { makeCloudWatch } from '../../src/services/cloudwatch';

const alarm = {
  AlarmName: 'errors',
  Namespace: 'AWS/ApplicationELB',
  MetricName: 'HTTPCode_Target_5XX_Count',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanThreshold',
} as const;

const make = async (more: object) => {
  const region = makeFakeRegion();
  region.add('autoscaling', {});
  region.add('sqs', {});
  const cloudwatch = region.add('cloudwatch', makeCloudWatch(region));
  const send = (action: string, input: object) => region.send('cloudwatch', action, input);
  await send('PutMetricAlarm', { ...alarm, ...more });
  region.events.length = 0;
  return { region, send, shown: () => cloudwatch.alarm('errors') };
};

test.each([
  ['one period', {}, 'no datapoints were received for 1 period and 1 missing datapoint was treated as'],
  [
    'three periods',
    { EvaluationPeriods: 3 },
    'no datapoints were received for 3 periods and 3 missing datapoints were treated as',
  ],
])('An alarm of %s whose missing data do not breach is OK soon, and stays so.', async (_, more, reason) => {
  const { region, shown } = await make({ TreatMissingData: 'notBreaching', ...more });
  expect(shown()?.stateValue).toBe('INSUFFICIENT_DATA');
  await region.advance(2 * 60_000);
  expect(shown()).toMatchObject({ stateValue: 'OK' });
  expect(shown()?.stateReason).toBe(`Threshold Crossed: ${reason} [NonBreaching].`);
  expect(region.events).toHaveLength(1);
  await region.advance(24 * 3_600_000);
  expect(shown()?.stateValue).toBe('OK');
  expect(region.events).toHaveLength(1);
});

test.each([['missing'], ['ignore'], [undefined]])(
  'Where missing data are treated as %s, it stays without data.',
  async (TreatMissingData) => {
    const { region, shown } = await make({ TreatMissingData });
    await region.advance(24 * 3_600_000);
    expect(shown()?.stateValue).toBe('INSUFFICIENT_DATA');
  },
);

test('What was set by hand before the first look stays.', async () => {
  const { region, send, shown } = await make({ TreatMissingData: 'notBreaching' });
  await send('SetAlarmState', { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'a drill' });
  await region.advance(3_600_000);
  expect(shown()?.stateValue).toBe('ALARM');
});
