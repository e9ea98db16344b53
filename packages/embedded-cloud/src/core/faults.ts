/**
 * What can go wrong in the cloud: every call, event, invocation and queue delivery asks the fault plan first. A plan is
 * a pure function of its input (and of the seeded chance that it was made with).
 */
import type { AwsError } from './errors';
import type { BusEvent } from './busEvent';
import type { Caller } from './caller';

export interface CallSeen {
  readonly region: string;
  readonly caller: Caller;
  readonly service: string;
  readonly action: string;
  readonly input: unknown;
  /** How many calls of this caller, service and action came before, in the whole run. */
  readonly count: number;
}

/**
 * `before`: refused without an effect. `after`: the effect happens, and the answer is this error. `lost`: the effect
 * happens, and no answer ever arrives.
 */
export type CallFault =
  { readonly before: AwsError } | { readonly after: AwsError } | { readonly lost: true };

export interface InvocationSeen {
  readonly region: string;
  readonly functionName: string;
  readonly event: unknown;
  /** How many invocations of the function came before. */
  readonly count: number;
}

/**
 * `before`: dies without running. `after`: runs, and dies before it answers. `hang`: runs and never answers (time-out).
 */
export type InvocationFault = 'before' | 'after' | 'hang';

export interface OutageSeen {
  readonly region: string;
  /** IAM prefix. */
  readonly service: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** `refuse`: calls are answered with 503 `ServiceUnavailable`. `silent`: they are never answered. Neither has an effect. */
export interface Outage {
  readonly manner: 'refuse' | 'silent';
  /** Epoch milliseconds of its end; `Infinity` if the end is not known yet. */
  readonly until: number;
}

export interface Faults {
  call?(seen: CallSeen): CallFault | undefined;
  /** Extra delays in milliseconds, one per copy: `[]` loses the event, `[0, 3000]` doubles it, `[60000]` delays it. */
  event?(region: string, event: BusEvent): readonly number[] | undefined;
  invocation?(seen: InvocationSeen): InvocationFault | undefined;
  /**
   * Like `event`, for a message that a queue delivers. A FIFO queue doubles no message: only the first delay counts.
   */
  message?(region: string, queueName: string, body: string): readonly number[] | undefined;
  /**
   * Whether a service of a region is down. It then refuses every call, its own deliveries wait for the end of the
   * outage, and it loses no data.
   */
  outage?(seen: OutageSeen): Outage | undefined;
}

export const noFaults: Faults = {};

/** When a region, or some services of it, are down. */
export interface OutagePlan {
  readonly region: string;
  /** IAM prefixes; all services by default. */
  readonly services?: readonly string[];
  /** Epoch milliseconds, inclusive. */
  readonly from: number;
  /** Epoch milliseconds, exclusive. */
  readonly until: number;
  /** `refuse` by default. */
  readonly manner?: Outage['manner'];
}

/** The fault of planned outages: `cloud.faults = { ...others, ...outagesOf(plans) }`. */
export const outagesOf = (plans: readonly OutagePlan[]): Required<Pick<Faults, 'outage'>> => ({
  outage: ({ region, service, now }) => {
    const found = plans.filter(
      (plan) =>
        plan.region === region &&
        plan.from <= now &&
        now < plan.until &&
        (plan.services?.includes(service) ?? true),
    );
    const [first] = found;
    if (!first) return undefined;
    return { manner: first.manner ?? 'refuse', until: Math.max(...found.map(({ until }) => until)) };
  },
});
