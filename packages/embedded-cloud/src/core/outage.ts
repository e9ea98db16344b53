import { AwsError } from './errors';
import type { Faults, Outage, OutageSeen } from './faults';

export const outageOf = (faults: Faults, seen: OutageSeen): Outage | undefined => faults.outage?.(seen);

/** What AWS answers from a region that is down. SDK clients try again, since it is a 503. */
export const unavailable = (): AwsError =>
  new AwsError('ServiceUnavailable', 'Service is unable to handle request.', { statusCode: 503 });

/**
 * What happens in the world, and not in a service of the region that delivers: instances boot, run and die whether
 * or not the API of their region answers.
 */
const goOn = new Set(['autoscaling', 'ec2', 'elasticloadbalancing', 'ssm']);

/** An outage without an end, or a long one, is looked at again after so long. */
const lookAgainMs = 60_000;

/**
 * How long an entry of the agenda that is due now must wait, in milliseconds, because its service is down: polls of
 * queues, rules, schedules, replication. Undefined where it need not.
 */
export const heldMs = (faults: Faults, seen: OutageSeen): number | undefined => {
  if (!faults.outage || goOn.has(seen.service)) return undefined;
  const outage = faults.outage(seen);
  return outage && Math.max(1, Math.min(outage.until - seen.now, lookAgainMs));
};
