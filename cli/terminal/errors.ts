/** The command was used wrongly, or was given something that cannot be used. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The request was refused before anything was started. */
export class RefusedEarly extends Error {
  override readonly name = 'RefusedEarly';
}

/** Another deployment works on the fleet, and the request is not to wait for its end. Nothing was started. */
export class FleetBusy extends Error {
  override readonly name = 'FleetBusy';
}

/** Somebody pressed Ctrl-C. What was started on AWS goes on. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * The execution waits for a person's decision. A command that holds the embedded cloud's file cannot wait for it, since
 * nobody else can act there meanwhile.
 */
export class WaitsForSomebody extends Error {
  override readonly name = 'WaitsForSomebody';
}
