import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { resolveAlarm, setAlarm } from '../../../cli/local/setAlarm';
import { namesOf } from '../../../lib/aws/stackNames';
import type { SdkClientClass, Session } from '../../../cli/session/session';
import { makeCloudWatch } from '../../../packages/embedded-cloud/src/cloudwatch/service';
import { connect } from '../../../packages/embedded-cloud/src/sdk/connect';
import { makeFakeRegion } from '../support/fakeRegion';

const known = ['forseti-production-api-errors', 'forseti-production-shop-errors', 'checkout', 'latency'];

const api = { api: ['errors', 'queue-depth'] };

test.each([
  ['checkout', api, 'checkout'],
  ['errors', api, 'forseti-production-api-errors'],
  ['errors', { ...api, web: [] }, 'forseti-production-api-errors'],
  ['forseti-production-shop-errors', { ...api, shop: ['errors'] }, 'forseti-production-shop-errors'],
  // The settings hold it no longer, and no deployment has removed it yet.
  ['errors', { api: [] }, 'forseti-production-api-errors'],
])('The name %s, where settings define the alarms %j, means the alarm %s.', (name, own, fullName) => {
  expect(resolveAlarm(name, own, known)).toBe(fullName);
});

test('A name that several applications have is refused, with the full names to choose from.', () => {
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
])('The name %s means no alarm where these exist: %j.', (name, alarms, message) => {
  expect(() => resolveAlarm(name, api, alarms)).toThrow(message);
});

const makeSession = () => {
  mockClient(SSMClient).on(GetParametersByPathCommand).resolves({ Parameters: [] });
  const region = makeFakeRegion();
  region.add('autoscaling', {});
  region.add('sns', {});
  const cloudWatch = region.add('cloudwatch', makeCloudWatch(region));
  const exit = {
    region: 'eu-west-1',
    answer: (_region: string, service: string, action: string, input: unknown) =>
      region.send(service, action, input),
  };
  const session: Session = {
    region: 'eu-west-1',
    stage: 'production',
    names: namesOf({ region: 'eu-west-1', account: '123456789012', stage: 'production' }),
    requestedBy: 'dana',
    local: true,
    connect: <Client>(Class: SdkClientClass<Client>) =>
      Class === (SSMClient as unknown) ? new Class({ region: 'eu-west-1' }) : connect(exit)(Class),
    connectIn: (region, Class) => new Class({ region }),
    now: () => region.now(),
    sleep: async () => undefined,
    newId: () => 'id',
    close: async () => undefined,
  };
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
  region.events.length = 0;
  return { session, region, cloudWatch };
};

test('An alarm that is set twice changes once, with one event, and its state before is told.', async () => {
  const { session, region, cloudWatch } = makeSession();
  expect(await setAlarm(session, 'checkout', 'ALARM')).toEqual({
    fullName: 'checkout',
    before: 'INSUFFICIENT_DATA',
  });
  expect(await setAlarm(session, 'checkout', 'ALARM')).toEqual({ fullName: 'checkout', before: 'ALARM' });
  expect(cloudWatch.alarm('checkout')?.stateValue).toBe('ALARM');
  expect(region.events.map(({ detailType }) => detailType)).toEqual(['CloudWatch Alarm State Change']);
  await setAlarm(session, 'checkout', 'OK');
  expect(region.events).toHaveLength(2);
});

test('No alarm changes if the name is unknown.', async () => {
  const { session, region } = makeSession();
  await expect(setAlarm(session, 'check', 'ALARM')).rejects.toMatchObject({ name: 'UsageError' });
  expect(region.events).toEqual([]);
});
