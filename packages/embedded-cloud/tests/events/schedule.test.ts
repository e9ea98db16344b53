import { nextDue } from '../../src/events/schedule';

const after = (expression: string, time: string) => {
  const due = nextDue(expression, Date.parse(time));
  return due === undefined ? undefined : new Date(due).toISOString();
};

test.each([
  ['rate(1 minute)', '2026-11-22T08:00:10Z', '2026-11-22T08:01:10.000Z'],
  ['rate(12 hours)', '2026-11-22T08:00:00Z', '2026-11-22T20:00:00.000Z'],
  ['rate(1 day)', '2026-11-22T08:00:00Z', '2026-11-23T08:00:00.000Z'],
  ['cron(*/5 * * * ? *)', '2026-11-22T08:00:00Z', '2026-11-22T08:05:00.000Z'],
  ['cron(5/15 * * * ? *)', '2026-11-22T08:06:00Z', '2026-11-22T08:20:00.000Z'],
  ['cron(0 8 ? * MON-FRI *)', '2026-11-20T09:00:00Z', '2026-11-23T08:00:00.000Z'],
  ['cron(0 8 ? * 1 *)', '2026-11-20T09:00:00Z', '2026-11-22T08:00:00.000Z'],
  ['cron(0 8 ? * 2-6 *)', '2026-11-20T09:00:00Z', '2026-11-23T08:00:00.000Z'],
  ['cron(30 23 31 DEC ? *)', '2026-11-22T08:00:00Z', '2026-12-31T23:30:00.000Z'],
  ['cron(0 0 29 2 ? *)', '2026-11-22T08:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['cron(0 0 1 1 ? 2028/2)', '2026-11-22T08:00:00Z', '2028-01-01T00:00:00.000Z'],
])('The schedule %s is due next after %s', (expression, time, due) => {
  expect(after(expression, time)).toBe(due);
});

test('A schedule of a year gone by is never due', () => {
  expect(after('cron(0 0 1 1 ? 2020)', '2026-11-22T08:00:00Z')).toBeUndefined();
});

test.each([
  'rate(0 minutes)',
  'rate(1 minutes)',
  'rate(5 minute)',
  'rate(05 minutes)',
  'rate(1 week)',
  'every day',
  'cron(0 8 * *)',
  'cron(0 10 * * MON *)',
  'cron(0 10 * * * *)',
  'cron(0 10 1 * MON *)',
  'cron(0 10 ? * ? *)',
  'cron(0 ? * * ? *)',
  'cron(0 10 * * ?)',
  'cron(70 8 * * ? *)',
  'cron(0 8 ? * 8 *)',
  'cron(0 8 ? * 0 *)',
  'cron(0 8 * * ? 1969)',
  'cron(0 8 * FOO ? *)',
])('EventBridge refuses the schedule %s', (expression) => {
  expect(() => nextDue(expression, 0)).toThrow(
    expect.objectContaining({
      code: 'ValidationException',
      message: 'Parameter ScheduleExpression is not valid.',
    }) as Error,
  );
});

test.each(['cron(0 8 L * ? *)', 'cron(0 8 3W * ? *)', 'cron(0 8 ? * 6#3 *)', 'cron(0 8 ? * 6L *)'])(
  'The schedule %s is refused by name, since it is not modelled',
  (expression) => {
    expect(() => nextDue(expression, 0)).toThrow(`are not modelled: ${expression}`);
  },
);
