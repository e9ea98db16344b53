import {
  type BusEvent,
  Cloud,
  makeCloudWatch,
  makeSns,
  makeSsm,
  type Service,
} from '@forseti/embedded-cloud';
import { resolveAlarm, setAlarm } from '../../../cli/local/setAlarm';
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
