/** How far a scaling policy moves the desired capacity (User Guide, "Step and simple scaling policies"). */
import type { StepAdjustment } from '@aws-sdk/client-auto-scaling';

export interface Adjusting {
  readonly desired: number;
  readonly minSize: number;
  readonly maxSize: number;
}

/**
 * A percentage is rounded towards zero, but a change that is not zero is at least one instance ("values between 0 and
 * 1, such as 0.67, are rounded to 1").
 */
const percentOf = (desired: number, percent: number, magnitude: number): number => {
  const exact = (desired * percent) / 100;
  const whole = Math.abs(exact) < 1 && exact !== 0 ? Math.sign(exact) : Math.trunc(exact);
  return Math.abs(whole) < magnitude ? Math.sign(percent) * magnitude : whole;
};

/** The new desired capacity, within the group's sizes. */
export const adjusted = (
  group: Adjusting,
  type: string | undefined,
  adjustment: number,
  minMagnitude = 0,
): number => {
  const wanted =
    type === 'ExactCapacity'
      ? adjustment
      : group.desired +
        (type === 'PercentChangeInCapacity'
          ? percentOf(group.desired, adjustment, minMagnitude)
          : adjustment);
  return Math.max(group.minSize, Math.min(group.maxSize, wanted));
};

/** The step for a breach of that size (metric minus threshold); undefined if no step covers it. */
export const stepFor = (steps: readonly StepAdjustment[], breach: number): StepAdjustment | undefined =>
  steps.find(({ MetricIntervalLowerBound: from = -Infinity, MetricIntervalUpperBound: to = Infinity }) =>
    breach >= 0 ? breach >= from && breach < to : breach > from && breach <= to,
  );

/**
 * Target tracking keeps `metric × capacity` constant. If the metric's value is unknown, the capacity changes by one.
 */
export const tracked = (
  group: Adjusting,
  target: number,
  breach: number | undefined,
  ringing: 'high' | 'low',
): number => {
  const step = ringing === 'high' ? 1 : -1;
  const exact = breach === undefined ? group.desired + step : (group.desired * (target + breach)) / target;
  const wanted = ringing === 'high' ? Math.ceil(exact) : Math.max(Math.ceil(exact), group.desired - 1);
  return Math.max(group.minSize, Math.min(group.maxSize, wanted));
};
