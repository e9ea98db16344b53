/**
 * Where something can go wrong in the cloud: every call, event, invocation and queue delivery asks here first.
 * A plan is a pure function of what it is shown (and of the seeded chance that it was made with).
 */
import type { AwsError } from './errors';
import type { BusEvent, Caller } from './service';

export interface CallSeen {
  readonly region: string;
  readonly caller: Caller;
  readonly service: string;
  readonly action: string;
  readonly input: unknown;
  /** How many calls of this caller, service and action came before, in the whole run. */
  readonly count: number;
}

/** `before`: refused, no effect. `after`: the effect happens, the answer is this error. `lost`: the effect happens, no answer ever. */
export type CallFault =
  { readonly before: AwsError } | { readonly after: AwsError } | { readonly lost: true };

export interface InvocationSeen {
  readonly region: string;
  readonly functionName: string;
  readonly event: unknown;
  /** How many invocations of the function came before. */
  readonly count: number;
}

/** `before`: dies without running. `after`: runs, and dies before it answers. `hang`: runs, and never answers (time-out). */
export type InvocationFault = 'before' | 'after' | 'hang';

export interface Faults {
  call?(seen: CallSeen): CallFault | undefined;
  /** Extra delays in milliseconds, one a copy: `[]` loses the event, `[0, 3000]` doubles it, `[60000]` makes it late. */
  event?(region: string, event: BusEvent): readonly number[] | undefined;
  invocation?(seen: InvocationSeen): InvocationFault | undefined;
  /** As `event`, for a message that a queue delivers. */
  message?(region: string, queueName: string, body: string): readonly number[] | undefined;
}

export const noFaults: Faults = {};
