import { parseAlarmEvent } from '../../../lib/intake/alarmEvent';

/** The example of the CloudWatch User Guide ("Alarm events and EventBridge"). */
const event = (state: object = {}, more: object = {}) => ({
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '111122223333',
  time: '2026-11-22T08:00:41Z',
  region: 'eu-west-1',
  resources: ['arn:aws:cloudwatch:eu-west-1:111122223333:alarm:api-5xx'],
  detail: {
    alarmName: 'api-5xx',
    configuration: { metrics: [] },
    previousState: { value: 'OK', timestamp: '2026-11-22T07:00:00.000+0000' },
    state: {
      value: 'ALARM',
      reason: 'Threshold Crossed',
      timestamp: '2026-11-22T08:00:40.989+0000',
      ...state,
    },
  },
  ...more,
});
const parse = (given: unknown) => parseAlarmEvent(JSON.stringify(given));

test('An alarm event is read with the time of its change, in milliseconds', () => {
  expect(parse(event())).toEqual({
    arn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:api-5xx',
    name: 'api-5xx',
    changedAt: Date.UTC(2026, 10, 22, 8, 0, 40, 989),
    reason: 'Threshold Crossed',
  });
});

test('An alarm event without a reason is read too', () => {
  expect(parse(event({ reason: undefined })).reason).toBe('');
});

test.each<[string, unknown]>([
  ['a change to OK', event({ value: 'OK' })],
  ['a change to INSUFFICIENT_DATA', event({ value: 'INSUFFICIENT_DATA' })],
  ['an event of another source', event({}, { source: 'aws.ec2' })],
  ['another event of CloudWatch', event({}, { 'detail-type': 'CloudWatch Alarm Configuration Change' })],
  ['one without an ARN', event({}, { resources: [] })],
  ['a malformed time', event({ timestamp: 'yesterday' })],
])('The alarm event is poison: %s', (_, given) => {
  expect(() => parse(given)).toThrow(expect.objectContaining({ name: 'ZodError' }) as Error);
});
