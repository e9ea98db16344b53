import type { CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { makeFakeRegion } from '../support/fakeRegion';
import { makeCloudWatch } from '../../src/services/cloudwatch';

const topic = 'arn:aws:sns:eu-west-1:123456789012:paging';

const metric = (AlarmName: string) =>
  ({
    AlarmName,
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
  }) as const;

interface Alarms {
  readonly MetricAlarms: MetricAlarm[];
  readonly CompositeAlarms: CompositeAlarm[];
}

const withAlarms = () => {
  const region = makeFakeRegion();
  const published: string[] = [];
  region.add('sns', { publish: (arn: string, message: string) => void published.push(`${arn} ${message}`) });
  const heard: string[] = [];
  region.add('autoscaling', {
    alarmStateChanged: (name: string, value: string) => void heard.push(`${name} ${value}`),
  });
  const cloudwatch = region.add('cloudwatch', makeCloudWatch(region));
  for (const name of ['errors', 'latency']) cloudwatch.putAlarm(metric(name));
  const send = <Output = unknown>(action: string, input: object) =>
    region.send<Output>('cloudwatch', action, input);
  const list = (input: object = {}) => send<Alarms>('DescribeAlarms', input);
  const put = (AlarmRule: string, more: object = {}) =>
    send('PutCompositeAlarm', { AlarmName: 'health', AlarmRule, ...more });
  const set = (AlarmName: string, StateValue: string) =>
    send('SetAlarmState', { AlarmName, StateValue, StateReason: 'a test' });
  const health = async () => (await list({ AlarmTypes: ['CompositeAlarm'] })).CompositeAlarms[0];
  return { region, cloudwatch, published, heard, send, list, put, set, health };
};

const both = 'ALARM(errors) OR ALARM(latency)';

test('A composite alarm begins with insufficient data, and is evaluated at once.', async () => {
  const { region, put, health } = withAlarms();
  await put(both);
  expect(await health()).toMatchObject({ AlarmRule: both, StateValue: 'INSUFFICIENT_DATA' });
  await region.advance(0);
  expect(await health()).toMatchObject({
    AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:health',
    StateValue: 'OK',
    StateReason: expect.stringContaining('was created and its alarm rule evaluates to OK') as string,
  });
});

test('A composite alarm follows its children, with event, actions and the reason.', async () => {
  const { region, published, heard, put, set, health } = withAlarms();
  await put(both, { AlarmActions: [topic] });
  await region.advance(60_000);
  region.events.length = 0;
  await set('latency', 'ALARM');
  await region.advance(0);
  const StateReason =
    'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:latency transitioned to ALARM at Sunday 22 November, 2026 08:01:00 UTC';
  expect(await health()).toMatchObject({ StateValue: 'ALARM', StateReason });
  expect(heard).toContain('health ALARM');
  expect(published).toHaveLength(1);
  expect(published[0]).toContain(`"AlarmRule":"${both}"`);
  expect(region.events.at(-1)).toMatchObject({
    detailType: 'CloudWatch Alarm State Change',
    detail: {
      alarmName: 'health',
      state: {
        value: 'ALARM',
        reason: StateReason,
        reasonData: JSON.stringify({
          triggeringAlarms: [
            {
              arn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:latency',
              state: { value: 'ALARM', timestamp: '2026-11-22T08:01:00.000+0000' },
            },
          ],
        }),
      },
      configuration: { alarmRule: both },
    },
  });
  await set('latency', 'OK');
  await region.advance(0);
  expect(await health()).toMatchObject({ StateValue: 'OK' });
});

test('A composite alarm may look at another composite alarm, and by an ARN.', async () => {
  const { region, put, set, list } = withAlarms();
  await put('ALARM("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors")');
  await put('NOT OK(health)', { AlarmName: 'upper' });
  await set('errors', 'ALARM');
  await region.advance(0);
  const { CompositeAlarms } = await list({ AlarmTypes: ['CompositeAlarm'] });
  expect(CompositeAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue])).toEqual([
    ['health', 'ALARM'],
    ['upper', 'ALARM'],
  ]);
});

test('A composite alarm is not evaluated any more in a circle, and can be set by hand.', async () => {
  const { region, put, set, health } = withAlarms();
  await put('ALARM(errors)');
  await put('ALARM(health)', { AlarmName: 'upper' });
  await put('NOT ALARM(upper)');
  await region.advance(0);
  expect(await health()).toMatchObject({ StateValue: 'INSUFFICIENT_DATA' });
  await set('health', 'ALARM');
  await region.advance(60_000);
  expect(await health()).toMatchObject({ StateValue: 'ALARM', StateReason: 'a test' });
});

test('A composite alarm is refused where its rule names what is not there, a scaling policy or a metric alarm of its name.', async () => {
  const { put } = withAlarms();
  const refusals = [
    put('ALARM(errors) OR ALARM(gone)'),
    put(both, { AlarmActions: ['arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1'] }),
    put('ALARM(latency)', { AlarmName: 'errors' }),
    put('ALARM('),
  ];
  for (const refused of refusals) await expect(refused).rejects.toMatchObject({ code: 'ValidationError' });
  await expect(refusals[0]).rejects.toThrow(
    'Could not save the composite alarm as alarms [gone] in the alarm rule do not exist',
  );
});

test('DescribeAlarms names composite alarms only where they are asked for.', async () => {
  const { put, list } = withAlarms();
  await put(both);
  expect(await list({ AlarmNames: ['health', 'errors'] })).toMatchObject({
    MetricAlarms: [{ AlarmName: 'errors' }],
    CompositeAlarms: [],
  });
  expect(await list({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })).toMatchObject({
    MetricAlarms: [{ AlarmName: 'errors' }, { AlarmName: 'latency' }],
    CompositeAlarms: [{ AlarmName: 'health' }],
  });
});

test('DescribeAlarms finds children and parents, and nothing else beside.', async () => {
  const { put, list } = withAlarms();
  await put(both);
  const { MetricAlarms } = await list({ ChildrenOfAlarmName: 'health' });
  expect(MetricAlarms.map(({ AlarmName }) => AlarmName)).toEqual(['errors', 'latency']);
  const { CompositeAlarms } = await list({ ParentsOfAlarmName: 'errors' });
  expect(CompositeAlarms).toEqual([{ AlarmName: 'health', AlarmArn: expect.any(String) as string }]);
  await expect(list({ ParentsOfAlarmName: 'errors', StateValue: 'OK' })).rejects.toMatchObject({
    code: 'ValidationError',
  });
});

test('DeleteAlarms does not delete what a composite alarm depends on.', async () => {
  const { put, send, list } = withAlarms();
  await put(both);
  await expect(send('DeleteAlarms', { AlarmNames: ['errors'] })).rejects.toThrow(
    'Cannot delete errors as there are composite alarm(s) depending on it.',
  );
  await expect(send('DeleteAlarms', { AlarmNames: ['errors', 'latency'] })).rejects.toThrow(
    'Cannot delete errors,latency as there are composite alarm(s) depending on them.',
  );
  await send('DeleteAlarms', { AlarmNames: ['health'] });
  await send('DeleteAlarms', { AlarmNames: ['errors', 'latency'] });
  expect(await list({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })).toEqual({
    MetricAlarms: [],
    CompositeAlarms: [],
  });
});

test('DeleteAlarms takes one composite alarm a call.', async () => {
  const { put, send } = withAlarms();
  await put(both);
  await put('OK(errors)', { AlarmName: 'other' });
  await expect(send('DeleteAlarms', { AlarmNames: ['health', 'other'] })).rejects.toMatchObject({
    code: 'ValidationError',
  });
});

test('Tags and switched off actions are those of any alarm.', async () => {
  const { region, published, put, send, set, health } = withAlarms();
  await put(both, { AlarmActions: [topic], Tags: [{ Key: 'team', Value: 'shop' }] });
  await region.advance(0);
  await send('DisableAlarmActions', { AlarmNames: ['health'] });
  await set('errors', 'ALARM');
  await region.advance(0);
  expect(await health()).toMatchObject({ StateValue: 'ALARM', ActionsEnabled: false });
  expect(published).toEqual([]);
  const ResourceARN = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:health';
  expect(await send('ListTagsForResource', { ResourceARN })).toEqual({
    Tags: [{ Key: 'team', Value: 'shop' }],
  });
});
