import {
  acrossZones,
  minHealthy,
  replaceNow,
  retireNow,
  secondsUntilChange,
  surgeSize,
} from '../../../lib/rollout/arithmetic';

describe('surgeSize', () => {
  test.each([
    [20, 110, 2],
    [20, 100, 1],
    [3, 110, 1],
    [7, 150, 4],
    [350, 200, 350],
    [0, 150, 0],
  ])('surgeSize adds, to %d instances with at most %d percent, %d', (capacity, percentage, expected) => {
    expect(surgeSize(capacity, percentage)).toBe(expected);
  });
});

describe('fewestHealthy', () => {
  test.each([
    [20, 90, 20, 18],
    [3, 90, 3, 3],
    [20, 90, 11, 11],
    [20, 0, 20, 0],
  ])(
    'The fewest healthy of %d instances at %d percent with %d healthy before are %d',
    (capacity, percentage, before, expected) => {
      expect(minHealthy(capacity, percentage, before)).toBe(expected);
    },
  );
});

describe('retireNow', () => {
  const situation = {
    oldHealthy: 20,
    oldUnhealthy: 0,
    oldPending: 0,
    healthy: 22,
    fewestHealthy: 18,
    surplus: 2,
  };
  test.each([
    ['replaces as many as the limits allow', {}, { unhealthy: 0, healthy: 4, decrement: false }],
    ['waits if the limits allow none', { healthy: 18 }, { unhealthy: 0, healthy: 0, decrement: false }],
    [
      'waits if fewer are healthy than must be',
      { healthy: 9 },
      { unhealthy: 0, healthy: 0, decrement: false },
    ],
    [
      'leaves the last ones for giving back',
      { oldHealthy: 3 },
      { unhealthy: 0, healthy: 1, decrement: false },
    ],
    ['gives back with the last ones', { oldHealthy: 2 }, { unhealthy: 0, healthy: 2, decrement: true }],
    [
      'gives back no more than the limits allow',
      { oldHealthy: 2, healthy: 19 },
      { unhealthy: 0, healthy: 1, decrement: true },
    ],
    [
      'replaces unhealthy ones whatever the limits allow',
      { oldUnhealthy: 5, healthy: 18 },
      { unhealthy: 5, healthy: 0, decrement: false },
    ],
    [
      'counts those that are not in service yet as old',
      { oldHealthy: 1, oldPending: 2 },
      { unhealthy: 0, healthy: 1, decrement: false },
    ],
    ['has nothing to do if none is old', { oldHealthy: 0 }, { unhealthy: 0, healthy: 0, decrement: true }],
    [
      'replaces one for one without a surplus',
      { surplus: 0 },
      { unhealthy: 0, healthy: 4, decrement: false },
    ],
  ])('retireNow %s', (_, change, expected) => {
    expect(retireNow({ ...situation, ...change })).toEqual(expected);
  });

  test('retireNow never leaves fewer healthy than must be, and never gives back more than was added', () => {
    for (let old = 0; old <= 6; old += 1)
      for (let unhealthy = 0; unhealthy <= 3; unhealthy += 1)
        for (let surplus = 0; surplus <= 4; surplus += 1)
          for (let fresh = 0; fresh <= 6; fresh += 1) {
            const healthy = old + fresh;
            const given = {
              oldHealthy: old,
              oldUnhealthy: unhealthy,
              oldPending: 0,
              healthy,
              fewestHealthy: 5,
              surplus,
            };
            const { unhealthy: sick, healthy: well, decrement } = retireNow(given);
            expect(healthy - well).toBeGreaterThanOrEqual(Math.min(healthy, 5));
            if (decrement) expect(sick + well).toBeLessThanOrEqual(surplus);
          }
  });
});

describe('replaceNow', () => {
  const full = { oldHealthy: 3, oldUnhealthy: 0, oldPending: 0, healthy: 10, fewestHealthy: 10 };
  test('replaceNow replaces one if the limits leave no room and nothing is on its way', () => {
    expect(replaceNow({ ...full, settled: true }).healthy).toBe(1);
  });
  test('replaceNow waits if a replacement is on its way', () => {
    expect(replaceNow({ ...full, settled: false }).healthy).toBe(0);
  });
  test('replaceNow replaces as many as the limits allow', () => {
    expect(replaceNow({ ...full, fewestHealthy: 8, settled: true }).healthy).toBe(2);
  });
});

test('Zones take turns, the fullest first', () => {
  const items = ['a1', 'a2', 'a3', 'b1', 'c1', 'c2'].map((id) => ({ id, zone: id.charAt(0) }));
  expect(acrossZones(items).map(({ id }) => id)).toEqual(['a1', 'c1', 'b1', 'a2', 'c2', 'a3']);
});

test('Polls grow apart as long as nothing changes, up to a minute', () => {
  expect([0, 1, 2, 3, 4, 50].map((quiet) => secondsUntilChange(quiet, false))).toEqual([
    5, 10, 20, 40, 60, 60,
  ]);
});

test('A first health check is polled every five seconds, for two minutes', () => {
  expect([0, 1, 23, 24, 50].map((quiet) => secondsUntilChange(quiet, true))).toEqual([5, 5, 5, 60, 60]);
});
