import { AwsError } from './errors';
import type { Faults, Outage, OutageSeen } from './faults';

export const outageOf = (faults: Faults, seen: OutageSeen): Outage | undefined => faults.outage?.(seen);

/** AWS's answer from a region that is down. SDK clients try again, since it is a 503. */
export const unavailable = (): AwsError =>
  new AwsError('ServiceUnavailable', 'Service is unable to handle request.', { statusCode: 503 });

/**
 * Services whose agenda goes on during an outage: instances boot, run and die whether or not the API of their region
 * answers.
 */
const goOn = new Set(['autoscaling', 'ec2', 'elasticloadbalancing', 'ssm']);

/** During an outage that is long or has no end, an entry is tried again at this interval. */
const lookAgainMs = 60_000;

/**
 * How long, in milliseconds, a due entry of the agenda must wait because its service is down: polls of queues, rules,
 * schedules, replication. Undefined if it need not wait.
 */
export const heldMs = (faults: Faults, seen: OutageSeen): number | undefined => {
  if (!faults.outage || goOn.has(seen.service)) return undefined;
  const outage = faults.outage(seen);
  return outage && Math.max(1, Math.min(outage.until - seen.now, lookAgainMs));
};
