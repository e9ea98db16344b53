import { nextDue } from '../../src/events/schedule';

const after = (expression: string, time: string) => {
  const due = nextDue(expression, Date.parse(time));
  return due === undefined ? undefined : new Date(due).toISOString();
};

describe('a schedule', () => {
  it.each([
    ['rate(1 minute)', '2026-11-22T08:00:10Z', '2026-11-22T08:01:10.000Z'],
    ['rate(12 hours)', '2026-11-22T08:00:00Z', '2026-11-22T20:00:00.000Z'],
    ['cron(*/5 * * * ? *)', '2026-11-22T08:00:00Z', '2026-11-22T08:05:00.000Z'],
    ['cron(0 8 ? * MON-FRI *)', '2026-11-20T09:00:00Z', '2026-11-23T08:00:00.000Z'],
    ['cron(30 23 31 DEC ? *)', '2026-11-22T08:00:00Z', '2026-12-31T23:30:00.000Z'],
    ['cron(0 0 29 2 ? *)', '2026-11-22T08:00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('%s is due next after %s', (expression, time, due) => {
    expect(after(expression, time)).toBe(due);
  });

  it('of a year gone by is never due', () => {
    expect(after('cron(0 0 1 1 ? 2020)', '2026-11-22T08:00:00Z')).toBeUndefined();
  });

  it.each(['rate(0 minutes)', 'every day', 'cron(0 8 * *)', 'cron(0 8 L * ? *)', 'cron(70 8 * * ? *)'])(
    '%s is refused',
    (expression) => {
      expect(() => nextDue(expression, 0)).toThrow();
    },
  );
});
