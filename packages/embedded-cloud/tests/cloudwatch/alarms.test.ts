import type { MetricAlarm, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { makeCloudWatch } from '../../src/services/cloudwatch';
import { makeFakeRegion } from '../support/fakeRegion';

const topic = 'arn:aws:sns:eu-west-1:123456789012:paging';
const policy =
  'arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:autoScalingGroupName/api:policyName/out';

const errors: PutMetricAlarmCommandInput = {
  AlarmName: 'api-errors',
  AlarmDescription: 'Too many errors',
  Namespace: 'AWS/ApplicationELB',
  MetricName: 'HTTPCode_Target_5XX_Count',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 3,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanThreshold',
  AlarmActions: [topic, policy],
  OKActions: [topic],
};

const withAlarm = () => {
  const region = makeFakeRegion();
  const published: string[] = [];
  const heard: string[] = [];
  region.add('sns', { publish: (arn: string) => void published.push(arn) });
  region.add('autoscaling', {
    executePolicy: (arn: string) => void published.push(arn),
    alarmStateChanged: (name: string, value: string) => void heard.push(`${name} ${value}`),
  });
  const cloudwatch = region.add('cloudwatch', makeCloudWatch(region));
  cloudwatch.putAlarm(errors);
  region.events.length = 0;
  const send = <Output>(action: string, input: object) => region.send<Output>('cloudwatch', action, input);
  const list = async (input: object = {}) =>
    (await send<{ MetricAlarms: MetricAlarm[] }>('DescribeAlarms', input)).MetricAlarms;
  return { region, cloudwatch, published, heard, send, list };
};

const ring = { AlarmName: 'api-errors', StateValue: 'ALARM', StateReason: 'Threshold crossed' };

describe('An alarm', () => {
  test('Begins with insufficient data', async () => {
    const { list } = withAlarm();
    expect(await list()).toMatchObject([
      {
        AlarmName: 'api-errors',
        AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:api-errors',
        StateValue: 'INSUFFICIENT_DATA',
        ActionsEnabled: true,
      },
    ]);
  });

  test('Tells bus, actions and Auto Scaling of a change, once', async () => {
    const { region, published, heard, send } = withAlarm();
    await send('SetAlarmState', ring);
    await send('SetAlarmState', ring);
    expect(published).toEqual([topic, policy]);
    expect(heard).toEqual(['api-errors ALARM']);
    expect(region.events).toMatchObject([
      {
        source: 'aws.cloudwatch',
        detailType: 'CloudWatch Alarm State Change',
        resources: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:api-errors'],
        detail: {
          alarmName: 'api-errors',
          state: { value: 'ALARM', reason: 'Threshold crossed', timestamp: '2026-11-22T08:00:00.000+0000' },
          previousState: { value: 'INSUFFICIENT_DATA' },
          configuration: {
            description: 'Too many errors',
            metrics: [{ metricStat: { period: 60, stat: 'Sum' } }],
          },
        },
      },
    ]);
  });

  test('Tells in its event what it was before, since when and why, and what it watches', async () => {
    const { region, send } = withAlarm();
    await region.advance(30_000);
    await send('SetAlarmState', { ...ring, StateReasonData: '{"recentDatapoints":[12]}' });
    await region.advance(60_000);
    await send('SetAlarmState', { AlarmName: 'api-errors', StateValue: 'OK', StateReason: 'calm again' });
    expect(region.events.map(({ detail }) => detail)).toMatchObject([
      { state: { reasonData: '{"recentDatapoints":[12]}' } },
      {
        alarmName: 'api-errors',
        previousState: {
          value: 'ALARM',
          reason: 'Threshold crossed',
          reasonData: '{"recentDatapoints":[12]}',
          timestamp: '2026-11-22T08:00:30.000+0000',
        },
        state: { value: 'OK', reason: 'calm again', timestamp: '2026-11-22T08:01:30.000+0000' },
        configuration: {
          metrics: [
            {
              metricStat: {
                metric: {
                  namespace: 'AWS/ApplicationELB',
                  name: 'HTTPCode_Target_5XX_Count',
                  dimensions: {},
                },
              },
              returnData: true,
            },
          ],
        },
      },
    ]);
  });

  test('Stays in the state that it was brought into, since no metric is evaluated here', async () => {
    const { region, send, list } = withAlarm();
    await send('SetAlarmState', ring);
    await region.advance(24 * 3_600_000);
    expect(await list()).toMatchObject([{ StateValue: 'ALARM' }]);
  });

  test.each([
    ['an unknown name', { AlarmName: 'gone' }, 'ResourceNotFound'],
    ['an unknown state', { StateValue: 'RINGING' }, 'ValidationError'],
    ['no reason', { StateReason: undefined }, 'MissingParameter'],
    ['a long reason', { StateReason: 'x'.repeat(1024) }, 'ValidationError'],
    ['data that is not JSON', { StateReasonData: '{' }, 'InvalidFormat'],
  ])('Is not brought into a state with %s', async (_, change, code) => {
    const { region, send } = withAlarm();
    await expect(send('SetAlarmState', { ...ring, ...change })).rejects.toMatchObject({ code });
    expect(region.events).toEqual([]);
  });

  test('Asks a scaling policy again every minute while it rings', async () => {
    const { region, published, send } = withAlarm();
    await send('SetAlarmState', ring);
    await region.advance(120_000);
    await send('SetAlarmState', { ...ring, StateValue: 'OK' });
    await region.advance(120_000);
    expect(published).toEqual([topic, policy, policy, policy, topic]);
  });

  test('Does nothing but ring while its actions are disabled', async () => {
    const { published, heard, send } = withAlarm();
    await send('DisableAlarmActions', { AlarmNames: ['api-errors'] });
    await send('SetAlarmState', ring);
    expect([published, heard]).toEqual([[], ['api-errors ALARM']]);
  });

  test('Keeps its state when it is configured anew', async () => {
    const { send, list } = withAlarm();
    await send('SetAlarmState', ring);
    await send('PutMetricAlarm', { ...errors, Threshold: 20 });
    expect(await list()).toMatchObject([{ StateValue: 'ALARM', Threshold: 20 }]);
  });

  test('Can be told beforehand when to ring', async () => {
    const { region, cloudwatch } = withAlarm();
    region.schedule(60_000, 'cloudwatch', 'state', {
      name: 'api-errors',
      value: 'ALARM',
      reason: 'as described',
    });
    await region.advance(60_000);
    expect(cloudwatch.alarm('api-errors')?.stateValue).toBe('ALARM');
  });

  test('Is found by name, prefix and state, page by page', async () => {
    const { send, list } = withAlarm();
    for (const name of ['api-latency', 'web-errors'])
      await send('PutMetricAlarm', { ...errors, AlarmName: name });
    expect(await list({ AlarmNamePrefix: 'api-' })).toHaveLength(2);
    expect(await list({ AlarmNames: ['web-errors', 'gone'] })).toHaveLength(1);
    expect(await list({ StateValue: 'ALARM' })).toHaveLength(0);
    expect(await list({ AlarmTypes: ['CompositeAlarm'] })).toHaveLength(0);
    const { NextToken } = await send<{ NextToken: string }>('DescribeAlarms', { MaxRecords: 2 });
    expect(await list({ NextToken })).toMatchObject([{ AlarmName: 'web-errors' }]);
  });

  test('Is deleted only together with all that are named', async () => {
    const { send, list } = withAlarm();
    await expect(send('DeleteAlarms', { AlarmNames: ['api-errors', 'gone'] })).rejects.toMatchObject({
      code: 'ResourceNotFound',
    });
    expect(await list()).toHaveLength(1);
    await send('DeleteAlarms', { AlarmNames: ['api-errors'] });
    expect(await list()).toHaveLength(0);
  });

  test.each<[string, Partial<Record<keyof PutMetricAlarmCommandInput, unknown>>, string]>([
    ['no threshold', { Threshold: undefined }, 'MissingParameter'],
    ['two statistics', { ExtendedStatistic: 'p99' }, 'InvalidParameterCombination'],
    ['a crooked period', { Period: 45 }, 'InvalidParameterValue'],
    ['more than a day to look at', { Period: 300, EvaluationPeriods: 289 }, 'ValidationError'],
    ['six actions', { OKActions: Array(6).fill(topic) }, 'ValidationError'],
  ])('Is refused with %s', async (_, change, code) => {
    const { send } = withAlarm();
    await expect(send('PutMetricAlarm', { ...errors, ...change })).rejects.toMatchObject({ code });
  });
});

describe('A metric', () => {
  test('Gives its statistics by period', async () => {
    const { region, send } = withAlarm();
    const put = (Value: number) =>
      send('PutMetricData', {
        Namespace: 'Acme',
        MetricData: [{ MetricName: 'Duration', Value, Dimensions: [{ Name: 'application', Value: 'api' }] }],
      });
    await put(10);
    await put(20);
    await region.advance(60_000);
    await put(5);
    const { MetricDataResults: results } = await send<{ MetricDataResults: { Values: number[] }[] }>(
      'GetMetricData',
      {
        StartTime: new Date(region.now() - 60_000),
        EndTime: new Date(region.now() + 60_000),
        MetricDataQueries: [
          {
            Id: 'd',
            MetricStat: {
              Metric: {
                Namespace: 'Acme',
                MetricName: 'Duration',
                Dimensions: [{ Name: 'application', Value: 'api' }],
              },
              Period: 60,
              Stat: 'Average',
            },
          },
        ],
      },
    );
    expect(results.map(({ Values }) => Values)).toEqual([[5, 15]]);
  });

  test('Is refused in a namespace of AWS', async () => {
    const { send } = withAlarm();
    await expect(
      send('PutMetricData', { Namespace: 'AWS/EC2', MetricData: [{ MetricName: 'x', Value: 1 }] }),
    ).rejects.toMatchObject({ code: 'InvalidParameterValue' });
  });
});
