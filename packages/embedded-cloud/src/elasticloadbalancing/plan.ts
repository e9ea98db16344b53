/**
 * What health checks will find, worked out from when the application is up: instead of a check every few seconds,
 * each target has at most one change ahead.
 *
 * A target just registered needs one passed check; an unhealthy one as many in a row as the healthy threshold says;
 * a healthy or new one turns unhealthy by as many failures in a row as the unhealthy threshold says
 * (User Guide for Application Load Balancers, "Health checks for your target groups").
 */
import type { HealthCheck, Target } from './state';

export interface Change {
  readonly at: number;
  readonly to: 'healthy' | 'unhealthy';
}

/** The time of the `count`th check at or after `from`; checks run at whole intervals from the registration. */
export const nthCheck = (registeredAt: number, intervalMs: number, from: number, count: number): number => {
  const first = Math.max(1, Math.ceil((from - registeredAt) / intervalMs));
  return registeredAt + (first + count - 1) * intervalMs;
};

/**
 * The next change of a target that stays as it is until then; undefined where none lies ahead.
 * @param upAt from when the application answers (maybe long ago); undefined where it does not and will not
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
