/**
 * The arithmetic of an instance refresh, without any state (Amazon EC2 Auto Scaling User Guide, "How an instance
 * refresh works" and "Understand the default values for an instance refresh").
 */

export interface Limits {
  /** Percent of the desired capacity, 0 to 100. */
  readonly minHealthyPercentage: number;
  /** Percent, 100 to 200. Absent differs from 100: then an instance and its replacement change places at once. */
  readonly maxHealthyPercentage?: number | undefined;
}

export interface Situation extends Limits {
  readonly desired: number;
  /** In service, healthy and, if new, warmed up. */
  readonly healthy: number;
  /** In service or pending, whatever their health. */
  readonly counted: number;
  /** Healthy instances in service that this step may still replace. */
  readonly replaceable: number;
  /** New instances that are pending or warming up, and old ones that are on their way out. */
  readonly inFlight: number;
}

export interface Step {
  /** How many old instances to terminate now. */
  readonly terminate: number;
  /** How many to launch beyond the desired capacity, before others are terminated. */
  readonly launchAhead: number;
}

/** The smallest number of healthy instances that must remain. */
export const minHealthyOf = (desired: number, percentage: number): number =>
  Math.ceil((desired * percentage) / 100);

/** The largest number of instances that may be there at once. */
export const maxTotalOf = (desired: number, percentage: number | undefined): number =>
  Math.floor((desired * (percentage ?? 100)) / 100);

/**
 * What to replace next. Where the limits leave no room at all, one instance at a time is replaced: its replacement
 * first if `MaxHealthyPercentage` was given, at the same time otherwise.
 */
export const nextStep = (situation: Situation): Step => {
  const { desired, healthy, counted, replaceable, inFlight } = situation;
  if (replaceable <= 0) return { terminate: 0, launchAhead: 0 };
  const spare = healthy - minHealthyOf(desired, situation.minHealthyPercentage);
  const terminate = Math.max(0, Math.min(replaceable, spare));
  const surplus = Math.max(0, counted - terminate - desired);
  const room = maxTotalOf(desired, situation.maxHealthyPercentage) - Math.max(desired, counted - terminate);
  const launchAhead = Math.max(0, Math.min(room, replaceable - terminate - surplus));
  if (terminate > 0 || launchAhead > 0 || inFlight > 0) return { terminate, launchAhead };
  if (counted > desired) return { terminate: 1, launchAhead: 0 };
  return situation.maxHealthyPercentage === undefined
    ? { terminate: 1, launchAhead: 0 }
    : { terminate: 0, launchAhead: 1 };
};

/** How many of `total` must be updated for a checkpoint. */
export const neededFor = (percentage: number, total: number): number => Math.ceil((total * percentage) / 100);

export const percentageOf = (updated: number, total: number): number =>
  total === 0 ? 100 : Math.floor((100 * Math.min(updated, total)) / total);
