import { nextChange, nthCheck } from '../../src/elasticloadbalancing/plan';
import { defaultHealthCheck } from '../../src/elasticloadbalancing/state';

/** 2026-11-22T08:00:00Z: the target's checks start here. */
const registeredAt = Date.UTC(2026, 10, 22, 8);
const at = (seconds: number) => registeredAt + seconds * 1000;

describe('Health checks', () => {
  test.each([
    ['the first one an interval after registration', 0, 1, 30],
    ['one at the very time', 60, 1, 60],
    ['the one after', 61, 1, 90],
    ['the third from there', 61, 3, 150],
  ])('Run at whole intervals: %s', (_what, from, count, expected) => {
    expect(nthCheck(registeredAt, 30_000, at(from), count)).toBe(at(expected));
  });
});

describe('The next change of health', () => {
  const next = (
    state: 'initial' | 'healthy' | 'unhealthy',
    upAt: number | undefined,
    now: number,
    failing?: number,
  ) =>
    nextChange(
      { state, registeredAt, ...(failing !== undefined && { failingSince: at(failing) }) },
      defaultHealthCheck,
      upAt === undefined ? undefined : at(upAt),
      at(now),
    );

  test.each([
    [
      'a new target whose application is up passes its first check',
      'initial',
      -600,
      0,
      undefined,
      30,
      'healthy',
    ],
    ['a new target may pass its second check', 'initial', 45, 0, undefined, 60, 'healthy'],
    ['a new target that fails two checks is unhealthy', 'initial', 61, 0, undefined, 60, 'unhealthy'],
    ['a new target that never answers is unhealthy', 'initial', undefined, 0, undefined, 60, 'unhealthy'],
    ['a healthy target turns unhealthy by two failures', 'healthy', undefined, 100, 100, 150, 'unhealthy'],
    ['an unhealthy target needs five passed checks', 'unhealthy', 100, 90, undefined, 240, 'healthy'],
  ] as const)('%s', (_what, state, upAt, now, failing, expected, to) => {
    expect(next(state, upAt, now, failing)).toEqual({ at: at(expected), to });
  });

  test.each([
    ['a healthy target whose application is up', 'healthy', -600, 100, undefined],
    ['a healthy target that is down for one check only', 'healthy', 130, 100, 100],
    ['an unhealthy target that will not answer', 'unhealthy', undefined, 100, undefined],
  ] as const)('Does not lie ahead for %s', (_what, state, upAt, now, failing) => {
    expect(next(state, upAt, now, failing)).toBeUndefined();
  });
});
