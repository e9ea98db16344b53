/**
 * A circuit breaker as a plain state machine; times are epoch milliseconds.
 *
 *   closed --(failuresToOpen failures in a row)--> open --(openMs passed)--> probing --success--> closed
 *                                                    ^------------------failure---|
 */
export type Breaker =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly until: number }
  /** One call was let through; where its result is never reported, the next one goes at `until`. */
  | { readonly state: 'probing'; readonly until: number };

/** `open`: nothing is sent to the region; `probing`: one message is. */
export type CircuitState = 'closed' | 'open' | 'probing';

export interface BreakerSettings {
  /** The circuit opens after so many failures in a row. Default: 3. */
  readonly failuresToOpen: number;
  /** How long nothing is sent to a region whose circuit is open; then one call probes it. Default: 10,000. */
  readonly openMs: number;
}

export const defaultBreaker: BreakerSettings = { failuresToOpen: 3, openMs: 10_000 };

export const closedBreaker: Breaker = { state: 'closed', failures: 0 };

/** Whether a call may go now, and the breaker once it goes. */
export const admit = (
  breaker: Breaker,
  now: number,
  { openMs }: BreakerSettings,
): { readonly allowed: boolean; readonly next: Breaker } => {
  if (breaker.state === 'closed') return { allowed: true, next: breaker };
  if (now < breaker.until) return { allowed: false, next: breaker };
  return { allowed: true, next: { state: 'probing', until: now + openMs } };
};

/** A success closes the circuit from any state: a call that went before it opened shows that the region works, too. */
export const recordSuccess = (): Breaker => closedBreaker;

/** A late failure of an earlier call leaves an open circuit as it is, or the circuit would never come to probe. */
export const recordFailure = (breaker: Breaker, now: number, settings: BreakerSettings): Breaker => {
  if (breaker.state === 'open') return breaker;
  const failures = breaker.state === 'closed' ? breaker.failures + 1 : settings.failuresToOpen;
  return failures >= settings.failuresToOpen
    ? { state: 'open', until: now + settings.openMs }
    : { state: 'closed', failures };
};
