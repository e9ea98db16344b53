import { deepCopy } from '../core/copy';
import type { Caller, Region } from '../core/service';
import type { TrailEvent } from './state';

/**
 * "CloudTrail typically delivers events within an average of about 5 minutes of an API call. This time is not guaranteed."
 * (User Guide, "How CloudTrail works"). Here the longest is five.
 */
const delayMs = { middle: 180_000, spread: 0.65 };

/** Services whose changes are kept: those that fleets are made of. Reads, and data events, are not in the history. */
const kept = new Set(['autoscaling', 'cloudwatch', 'ec2', 'elasticloadbalancing']);
const dataEvents = new Set(['PutMetricData']);

/** The history of AWS goes back 90 days; here it holds so many events. */
const maxEvents = 1_000;

/** Keeps a change that has succeeded. */
export const recordEvent = (
  events: TrailEvent[],
  region: Region,
  { caller, service, action, input }: { caller: Caller; service: string; action: string; input: unknown },
): void => {
  if (!kept.has(service) || dataEvents.has(action)) return;
  const { kind, arn, name } = caller;
  events.push({
    id: region.newId(),
    at: region.now(),
    visibleAt: region.now() + Math.round(region.chanceOf('delay').around(delayMs.middle, delayMs.spread)),
    service,
    name: action,
    caller: { kind, arn, name },
    input: deepCopy(input),
  });
  if (events.length > maxEvents) events.splice(0, events.length - maxEvents);
};
