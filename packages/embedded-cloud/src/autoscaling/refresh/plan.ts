/**
 * The arithmetic of an instance refresh, without any state (Amazon EC2 Auto Scaling User Guide, "How an instance
 * refresh works" and "Understand the default values for an instance refresh").
 */

export interface Limits {
  /** Percent of the desired capacity, 0 to 100. */
  readonly minHealthyPercentage: number;
  /**
   * Percent, 100 to 200. Without a value an instance and its replacement change places at the same time, unlike with
   * 100.
   */
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
  /** New instances that are pending or warming up, and those that are missing from the desired capacity. */
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

/**
 * The largest number of instances that may exist at once. The group's MaxSize does not bound it, since MaxSize limits
 * scaling and not replacing (User Guide, "Instance maintenance policy for Auto Scaling group": a share of the desired
 * capacity).
 */
export const maxTotalOf = (desired: number, percentage: number | undefined): number =>
  Math.floor((desired * (percentage ?? 100)) / 100);

/**
 * What to replace next. If the limits leave no room at all, one instance at a time is replaced: its replacement is
 * launched first if `MaxHealthyPercentage` was given, at the same time otherwise.
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

/**
 * How many instances there are to replace: the desired capacity without the counted instances that are neither old nor
 * new to the refresh, plus the old ones that do not count towards the capacity (standby). So it follows the group's
 * size ("the number of instances to replace changes with the size of the group").
 */
export const totalOf = (desired: number, others: number, oldBesides: number): number =>
  Math.max(0, desired - others) + oldBesides;

/**
 * The last checkpoint percentage is the share of the group that the refresh replaces. Without checkpoints it replaces
 * all (User Guide, "Enable checkpoints", partial refresh).
 */
export const goalOf = (percentages: readonly number[] = []): number => percentages.at(-1) ?? 100;

/**
 * Index of the checkpoint that has been reached, starting at the next one; undefined if none has. If several were
 * passed at once, only the last one counts (User Guide, "Add checkpoints to an instance refresh").
 */
export const reachedCheckpoint = (
  percentages: readonly number[],
  next: number,
  percentage: number,
): number | undefined => {
  const reached = percentages.findLastIndex((checkpoint) => checkpoint <= percentage);
  return reached >= next ? reached : undefined;
};
