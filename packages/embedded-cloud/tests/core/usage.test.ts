import { countOn, extraHours, runningOf, storedGbMonths } from '../../src/cloud/usage';
import type { Ec2State } from '../../src/ec2/state';

const startAt = Date.UTC(2026, 10, 22, 8);
const hour = 3_600_000;

/** One count per hour, from `startAt` on. */
const counted = (...running: number[]) =>
  running
    .map((number, index) => [number, startAt + index * hour] as const)
    .reduce<ReturnType<typeof countOn> | undefined>(
      (before, [number, at]) => countOn(before, number, at),
      undefined,
    );

describe('Extra instances', () => {
  test.each([
    ['the fleet is what it was', [20, 20, 20], 0],
    ['a builder ran for two hours', [20, 21, 21, 20], 2],
    ['a rollout launched before it terminated', [20, 22, 20], 2],
    ['as much was missing before as was there afterwards', [20, 18, 22, 20], 0],
    ['less ran than before', [20, 18, 20], 0],
  ])('Where %s', (_, running, hours) => {
    const count = counted(...running);
    expect(count && extraHours(count)).toBe(hours);
  });

  test('Are those that run', () => {
    const instances = { a: { state: 'running' }, b: { state: 'pending' }, c: { state: 'terminated' } };
    // The part of the state that is read.
    expect(runningOf({ instances } as unknown as Ec2State)).toBe(1);
  });
});

describe('New snapshots', () => {
  test('Count for what was stored so far', () => {
    const snapshot = { sizeGiB: 720, startedAt: startAt + 3 * hour };
    const former = { sizeGiB: 720, startedAt: startAt - hour };
    // The part of the state that is read.
    const state = { snapshots: { snapshot, former } } as unknown as Ec2State;
    expect(storedGbMonths(state, startAt, startAt + 4 * hour)).toBe(1);
  });
});
