import { adjusted, stepFor, tracked } from '../../src/autoscaling/policy/adjust';
import { isRecurrence, nextOccurrence } from '../../src/autoscaling/policy/recurrence';
import { victimsOf, type Candidate } from '../../src/autoscaling/policy/victims';
import { countByZone, isBalanced, zoneToLaunchIn } from '../../src/autoscaling/policy/zones';
import {
  maxTotalOf,
  minHealthyOf,
  nextStep,
  percentageOf,
  type Situation,
} from '../../src/autoscaling/refresh/plan';

describe('The next step of a refresh', () => {
  const whole: Situation = {
    desired: 20,
    healthy: 20,
    counted: 20,
    replaceable: 20,
    inFlight: 0,
    minHealthyPercentage: 90,
  };

  test.each<[string, Partial<Situation>, { terminate: number; launchAhead: number }]>([
    ['what the minimum leaves', {}, { terminate: 2, launchAhead: 0 }],
    [
      'nothing while the batch is not ready',
      { healthy: 18, inFlight: 2, replaceable: 18 },
      { terminate: 0, launchAhead: 0 },
    ],
    ['one at a time at 100 percent', { minHealthyPercentage: 100 }, { terminate: 1, launchAhead: 0 }],
    [
      'one ahead with a maximum of 100',
      { minHealthyPercentage: 100, maxHealthyPercentage: 100 },
      { terminate: 0, launchAhead: 1 },
    ],
    [
      'ahead up to the maximum',
      { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
      { terminate: 0, launchAhead: 2 },
    ],
    [
      'the old for the new, and the next ahead',
      { minHealthyPercentage: 100, maxHealthyPercentage: 110, healthy: 22, counted: 22 },
      { terminate: 2, launchAhead: 2 },
    ],
    [
      'no more ahead than are left to replace',
      { minHealthyPercentage: 100, maxHealthyPercentage: 200, replaceable: 3 },
      { terminate: 0, launchAhead: 3 },
    ],
    ['all at once with a minimum of 0', { minHealthyPercentage: 0 }, { terminate: 20, launchAhead: 0 }],
    ['nothing where nothing is left', { replaceable: 0 }, { terminate: 0, launchAhead: 0 }],
  ])('Replaces %s', (_what, change, expected) => {
    expect(nextStep({ ...whole, ...change })).toEqual(expected);
  });

  test('Rounds the minimum up, the maximum and the progress down', () => {
    expect([
      minHealthyOf(7, 90),
      maxTotalOf(7, 110),
      maxTotalOf(7, undefined),
      percentageOf(2, 3),
      percentageOf(0, 0),
    ]).toEqual([7, 7, 7, 66, 100]);
  });
});

describe('Zones', () => {
  const zones = ['a', 'b', 'c'];

  test.each([
    [{ a: 1, b: 0, c: 1 }, [], 'b'],
    [{ a: 1, b: 1, c: 1 }, [], 'a'],
    [{ a: 1, b: 0, c: 1 }, ['b'], 'a'],
    [{ a: 0, b: 0, c: 0 }, ['a', 'b', 'c'], undefined],
  ])('With %j instances and without %j launch in %s', (counts, excluded, expected) => {
    expect(zoneToLaunchIn(zones, counts, new Set(excluded))).toBe(expected);
  });

  test('Are balanced within one instance, and not with one outside', () => {
    expect(isBalanced(zones, { a: 2, b: 1, c: 1 })).toBe(true);
    expect(isBalanced(zones, { a: 3, b: 1, c: 1 })).toBe(false);
    expect(isBalanced(zones, countByZone(zones, [{ zone: 'd' }]))).toBe(false);
  });
});

describe('Scale-in', () => {
  const one = (id: string, change: Partial<Candidate> = {}): Candidate => ({
    id,
    zone: 'a',
    launchedAt: 1000,
    protected: false,
    current: true,
    version: 2,
    ...change,
  });

  test.each<[string, Candidate[], number, string[], string[]]>([
    [
      'the fullest zone',
      [one('1'), one('2', { zone: 'b' }), one('3', { zone: 'b', launchedAt: 2000 })],
      1,
      ['Default'],
      ['2'],
    ],
    [
      'an outdated template before an old instance',
      [one('1'), one('2', { current: false, launchedAt: 9000 })],
      1,
      ['Default'],
      ['2'],
    ],
    ['nothing that is protected', [one('1', { protected: true }), one('2')], 2, ['Default'], ['2']],
    ['the newest where asked', [one('1'), one('2', { launchedAt: 9000 })], 1, ['NewestInstance'], ['2']],
    [
      'a pending one before one in service',
      [one('1'), one('2', { pending: true, launchedAt: 9000 })],
      1,
      ['Default'],
      ['2'],
    ],
    [
      'zones in turn',
      [one('1'), one('2'), one('3', { zone: 'b' }), one('4', { zone: 'b' })],
      2,
      ['Default'],
      ['1', '3'],
    ],
  ])('Takes %s', (_what, candidates, count, policies, expected) => {
    expect(victimsOf(candidates, count, policies)).toEqual(expected);
  });
});

describe('Adjustments', () => {
  const group = { desired: 10, minSize: 2, maxSize: 15 };

  test.each([
    ['ChangeInCapacity', 3, 0, 13],
    ['ChangeInCapacity', 9, 0, 15],
    ['ExactCapacity', 1, 0, 2],
    ['PercentChangeInCapacity', 25, 0, 12],
    ['PercentChangeInCapacity', 5, 0, 11],
    ['PercentChangeInCapacity', -25, 4, 6],
  ])('%s by %d with a magnitude of %d gives %d', (type, adjustment, magnitude, expected) => {
    expect(adjusted(group, type, adjustment, magnitude)).toBe(expected);
  });

  test('Choose the step that covers the breach', () => {
    const steps = [
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
      { MetricIntervalLowerBound: 10, ScalingAdjustment: 2 },
    ];
    expect([9, 10, -1].map((breach) => stepFor(steps, breach)?.ScalingAdjustment)).toEqual([1, 2, undefined]);
  });

  test('Track a target in proportion upwards, by one at most downwards', () => {
    expect([
      tracked(group, 50, 20, 'high'),
      tracked(group, 50, undefined, 'high'),
      tracked(group, 50, -40, 'low'),
    ]).toEqual([14, 11, 9]);
  });
});

describe('Recurrence', () => {
  const sunday = Date.UTC(2026, 10, 22, 8);

  test.each([
    ['0 9 * * *', '2026-11-22T09:00:00.000Z'],
    ['0 8 * * *', '2026-11-23T08:00:00.000Z'],
    ['*/15 * * * *', '2026-11-22T08:15:00.000Z'],
    ['30 18 * * MON-FRI', '2026-11-23T18:30:00.000Z'],
    ['0 0 1 JAN *', '2027-01-01T00:00:00.000Z'],
    ['0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
    ['0 12 * * 7', '2026-11-22T12:00:00.000Z'],
    ['0 0 24 * TUE', '2026-11-24T00:00:00.000Z'],
  ])('%s comes next at %s', (expression, expected) => {
    expect(new Date(nextOccurrence(expression, sunday) ?? 0).toISOString()).toBe(expected);
  });

  test.each(['', '* * * *', '60 * * * *', 'x * * * *', '*/0 * * * *'])('%j is malformed', (expression) => {
    expect(isRecurrence(expression)).toBe(false);
  });
});
