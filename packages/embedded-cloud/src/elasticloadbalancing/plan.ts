/**
 * Computes the results of health checks from the time at which the application is up. So each target has at most one
 * coming change on the agenda, instead of a check every few seconds.
 *
 * A newly registered target needs one passed check. An unhealthy target needs as many passed checks in a row as the
 * healthy threshold. A healthy or new target becomes unhealthy after as many failed checks in a row as the unhealthy
 * threshold (User Guide for Application Load Balancers, "Health checks for your target groups").
 */
import type { HealthCheck, Target } from './state';

export interface Change {
  readonly at: number;
  readonly to: 'healthy' | 'unhealthy';
}

/** The time of the `count`th check at or after `from`. Checks run at whole intervals after the registration. */
export const nthCheck = (registeredAt: number, intervalMs: number, from: number, count: number): number => {
  const first = Math.max(1, Math.ceil((from - registeredAt) / intervalMs));
  return registeredAt + (first + count - 1) * intervalMs;
};

/**
 * The next change of a target if nothing else happens; undefined if there is none.
 * @param upAt the time from which the application answers (may be long ago); undefined if it does not and will not
 * @param now epoch milliseconds, as all times here
 */
export const nextChange = (
  target: Pick<Target, 'state' | 'registeredAt' | 'failingSince'>,
  check: HealthCheck,
  upAt: number | undefined,
  now: number,
): Change | undefined => {
  const intervalMs = check.intervalSeconds * 1000;
  const nth = (from: number, count: number) => nthCheck(target.registeredAt, intervalMs, from, count);
  switch (target.state) {
    case 'initial': {
      const passed = upAt === undefined ? undefined : nth(Math.max(upAt, now), 1);
      const failed = nth(target.registeredAt, check.unhealthyThreshold);
      return passed !== undefined && passed <= failed
        ? { at: passed, to: 'healthy' }
        : { at: Math.max(failed, now), to: 'unhealthy' };
    }
    case 'healthy': {
      if (target.failingSince === undefined) return undefined;
      const failed = nth(target.failingSince, check.unhealthyThreshold);
      return upAt !== undefined && upAt <= failed
        ? undefined
        : { at: Math.max(failed, now), to: 'unhealthy' };
    }
    case 'unhealthy':
      return upAt === undefined
        ? undefined
        : { at: nth(Math.max(upAt, now), check.healthyThreshold), to: 'healthy' };
    default:
      return undefined;
  }
};
