import { embeddedMetrics } from '../../src/cloudwatch/embedded';
import type { StateValue } from '../../src/cloudwatch/state';
import { type Rules, verdict } from '../../src/cloudwatch/verdict';

const rules = (more: Partial<Rules> = {}): Rules => ({
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 0,
  EvaluationPeriods: 3,
  ...more,
});
/** As in AWS's table: oldest first, X breaching, 0 not breaching, - missing. */
const points = (text: string) =>
  [...text].reverse().map((sign) => (sign === '-' ? undefined : sign === 'X' ? 1 : 0));
const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

// "Configuring how CloudWatch alarms treat missing data": 3 of 3; 'before' if the state is kept.
test.each([
  ['0-X-X', ['OK', 'OK', 'OK', 'OK']],
  ['----0', ['OK', 'OK', 'OK', 'OK']],
  ['-----', ['INSUFFICIENT_DATA', 'before', 'ALARM', 'OK']],
  ['0XX-X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['--X--', ['ALARM', 'before', 'ALARM', 'OK']],
])('The datapoints %s are judged as in AWS’s table, however missing ones are treated', (text, expected) => {
  for (const before of ['OK', 'ALARM'] as const satisfies readonly StateValue[])
    expect(
      treatments.map((TreatMissingData) => verdict(rules({ TreatMissingData }), points(text), before)),
    ).toEqual(expected.map((state) => (state === 'before' ? before : state)));
});

test.each([
  ['0X0X0', 2, 'OK'],
  ['00X0X', 2, 'ALARM'],
  ['0000X', 1, 'ALARM'],
  ['XXX00', 2, 'OK'],
])('Of the last three of %s, %d must breach', (text, DatapointsToAlarm, state) => {
  expect(verdict(rules({ DatapointsToAlarm }), points(text), 'INSUFFICIENT_DATA')).toBe(state);
});

test.each([
  ['GreaterThanThreshold', 'OK'],
  ['GreaterThanOrEqualToThreshold', 'ALARM'],
  ['LessThanThreshold', 'OK'],
  ['LessThanOrEqualToThreshold', 'ALARM'],
] as const)('A value at the threshold: %s is %s', (ComparisonOperator, state) => {
  const one = rules({ ComparisonOperator, Threshold: 5, EvaluationPeriods: 1 });
  expect(verdict(one, [5], 'INSUFFICIENT_DATA')).toBe(state);
});

const line = (more: object = {}, directive: object = {}) =>
  JSON.stringify({
    _aws: {
      Timestamp: 1_795_000_000_000,
      CloudWatchMetrics: [
        {
          Namespace: 'Acme',
          Dimensions: [['stage'], ['stage', 'service']],
          Metrics: [{ Name: 'Bad', Unit: 'Count' }],
          ...directive,
        },
      ],
    },
    stage: 'production',
    service: 'acme',
    Bad: [1, 0],
    ...more,
  });

test('A line in embedded metric format is a metric for each set of dimensions', () => {
  expect(embeddedMetrics(line())).toEqual([
    {
      namespace: 'Acme',
      data: [['stage'], ['stage', 'service']].map((names) => ({
        MetricName: 'Bad',
        Dimensions: names.map((Name) => ({ Name, Value: Name === 'stage' ? 'production' : 'acme' })),
        Values: [1, 0],
        Timestamp: new Date(1_795_000_000_000),
        Unit: 'Count',
      })),
    },
  ]);
});

test.each([
  ['a value that is no number', line({ Bad: 'one' })],
  ['no value', line({ Bad: undefined })],
  ['more than 100 values', line({ Bad: Array.from({ length: 101 }, () => 1) })],
  ['a dimension that is not there', line({}, { Dimensions: [['zone']] })],
])('A line with %s makes no metric', (_name, text) => {
  expect(embeddedMetrics(text).flatMap(({ data }) => data)).toEqual([]);
});

test.each(['START RequestId: 1', '{"_aws"', '{"_aws":{}}', '{"_aws":{"Timestamp":1}}', '["_aws"]'])(
  'The line %s carries none',
  (text) => {
    expect(embeddedMetrics(text)).toEqual([]);
  },
);
