import {
  type BusEvent,
  Cloud,
  makeCloudWatch,
  makeSns,
  makeSsm,
  type Service,
} from '@forseti/embedded-cloud';
import { reasonDataOf, resolveAlarm, setAlarm } from '../../../cli/local/setAlarm';
import { sessionOnCloud } from '../../../cli/session/cloudSession';

const known = ['forseti-production-api-errors', 'forseti-production-shop-errors', 'checkout', 'latency'];

const api = { api: ['errors', 'queue-depth'] };

test.each([
  ['checkout', api, 'checkout'],
  ['errors', api, 'forseti-production-api-errors'],
  ['errors', { ...api, web: [] }, 'forseti-production-api-errors'],
  ['forseti-production-shop-errors', { ...api, shop: ['errors'] }, 'forseti-production-shop-errors'],
  // The settings no longer contain it, and no deployment has removed it yet.
  ['errors', { api: [] }, 'forseti-production-api-errors'],
])('The name %s, where settings define the alarms %j, means the alarm %s', (name, own, fullName) => {
  expect(resolveAlarm(name, own, known)).toBe(fullName);
});

test('A name that several applications have is refused, with the full names to choose from', () => {
  expect(() => resolveAlarm('errors', { ...api, shop: ['errors'] }, known)).toThrow(
    'give one of forseti-production-api-errors, forseti-production-shop-errors',
  );
});

test.each([
  ['chekout', known, 'There is no alarm chekout; did you mean checkout? There are: forseti-production-api-'],
  ['erors', known, 'There is no alarm erors; did you mean errors?'],
  ['memory', known, 'There is no alarm memory. There are: forseti-production-api-errors, '],
  ['memory', [], 'There is no alarm memory. There are: none.'],
  ['queue-depth', known, 'The settings of api define an alarm queue-depth, but it is not there yet'],
  ['errors', [], 'forseti deploy api VERSION --local'],
])('The name %s means no alarm where these exist: %j', (name, alarms, message) => {
  expect(() => resolveAlarm(name, api, alarms)).toThrow(message);
});

/** The part of the bus that CloudWatch needs. It keeps the events. */
const makeBus = (events: BusEvent[]): Service => {
  const bus = { state: {}, actions: {}, due: () => undefined, put: (event: BusEvent) => events.push(event) };
  return bus;
};

const makeSession = () => {
  const events: BusEvent[] = [];
  const none = (): Service => ({ state: {}, actions: {}, due: () => undefined });
  const cloud = Cloud.make({
    services: {
      autoscaling: none,
      cloudwatch: makeCloudWatch,
      events: () => makeBus(events),
      sns: makeSns,
      ssm: makeSsm,
    },
  });
  const cloudWatch = cloud.region(cloud.home).service('cloudwatch');
  cloudWatch.putAlarm({
    AlarmName: 'checkout',
    Namespace: 'Shop',
    MetricName: 'Failures',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  events.length = 0;
  return { session: sessionOnCloud(cloud), events, cloudWatch };
};

const policy =
  'arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:autoScalingGroupName/api:policyName/in';
const low = {
  AlarmName: 'quiet',
  AlarmActions: [policy],
  Threshold: 10,
  ComparisonOperator: 'LessThanThreshold' as const,
};

test('The metric of an alarm that is rung by hand is just beyond its threshold, for a scaling policy to find its step.', () => {
  expect(JSON.parse(reasonDataOf(low, 'ALARM') ?? '')).toEqual({
    version: '1.0',
    recentDatapoints: [9.99],
    threshold: 10,
  });
  const high = { ...low, Threshold: 0, ComparisonOperator: 'GreaterThanOrEqualToThreshold' as const };
  expect(JSON.parse(reasonDataOf(high, 'ALARM') ?? '')).toMatchObject({ recentDatapoints: [0.001] });
});

test('The metric of an alarm that is rung by hand is nothing in another state, without a policy, or where a target is tracked.', () => {
  expect(reasonDataOf(low, 'OK')).toBeUndefined();
  expect(reasonDataOf({ ...low, AlarmActions: [] }, 'ALARM')).toBeUndefined();
  expect(reasonDataOf({ ...low, AlarmName: 'TargetTracking-api-AlarmLow-1' }, 'ALARM')).toBeUndefined();
});

test('A composite alarm is set as any other.', async () => {
  const { session, cloudWatch } = makeSession();
  cloudWatch.putCompositeAlarm({ AlarmName: 'health', AlarmRule: 'ALARM(checkout)' });
  await setAlarm(session, 'health', 'ALARM');
  expect(cloudWatch.alarm('health')?.stateValue).toBe('ALARM');
});

test('An alarm that is set twice changes once, with one event, and its state before is returned', async () => {
  const { session, events, cloudWatch } = makeSession();
  expect(await setAlarm(session, 'checkout', 'ALARM')).toEqual({
    fullName: 'checkout',
    before: 'INSUFFICIENT_DATA',
  });
  expect(await setAlarm(session, 'checkout', 'ALARM')).toEqual({ fullName: 'checkout', before: 'ALARM' });
  expect(cloudWatch.alarm('checkout')?.stateValue).toBe('ALARM');
  expect(events.map(({ detailType }) => detailType)).toEqual(['CloudWatch Alarm State Change']);
  await setAlarm(session, 'checkout', 'OK');
  expect(events).toHaveLength(2);
});

test('No alarm changes if the name is unknown', async () => {
  const { session, events } = makeSession();
  await expect(setAlarm(session, 'check', 'ALARM')).rejects.toMatchObject({ name: 'UsageError' });
  expect(events).toEqual([]);
});
