/**
 * The state that an alarm derives from its datapoints, as plain functions. User Guide, "Evaluating an alarm", "missing
 * data".
 */
import type { Alarm, StateValue } from './state';

/**
 * How many older periods are retrieved in addition to the evaluated ones. AWS does not say how many; its examples have
 * two.
 */
export const spareDatapoints = 2;

const comparisons: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Comparisons with a band (anomaly detection) are not simulated. */
export const isComparable = (operator: string | undefined): boolean =>
  operator !== undefined && operator in comparisons;

export type Rules = Pick<
  Alarm['configuration'],
  'ComparisonOperator' | 'Threshold' | 'EvaluationPeriods' | 'DatapointsToAlarm' | 'TreatMissingData'
>;

/** The newest first; undefined stands for a missing datapoint. */
export type Datapoints = readonly (number | undefined)[];

/** Which datapoints count if more are retrieved than needed, as in the documentation's table. */
const counting = (points: Datapoints, periods: number): Datapoints => {
  const newest = points.slice(0, periods);
  if (!newest.includes(undefined)) return newest;
  const there = points.filter((point) => point !== undefined);
  return there.length >= periods ? there.slice(0, periods) : newest;
};

/**
 * "Avoiding premature transitions": the oldest breaching datapoint is at least as old as DatapointsToAlarm, and all
 * newer ones are breaching or missing.
 */
const isLasting = (points: Datapoints, needed: number, breaches: (value: number) => boolean): boolean => {
  const oldest = points.findLastIndex((value) => value !== undefined && breaches(value));
  return (
    oldest + 1 >= needed && points.slice(0, oldest).every((value) => value === undefined || breaches(value))
  );
};

/** The state that follows from the datapoints; `before` if they leave it open. */
export const verdict = (rules: Rules, points: Datapoints, before: StateValue): StateValue => {
  const periods = rules.EvaluationPeriods ?? 1;
  const needed = rules.DatapointsToAlarm ?? periods;
  const treat = rules.TreatMissingData ?? 'missing';
  const compare = comparisons[rules.ComparisonOperator ?? ''];
  const breaches = (value: number) => compare?.(value, rules.Threshold ?? 0) ?? false;
  const counted = counting(points, periods);
  const there = counted.filter((value) => value !== undefined);
  const bad = there.filter(breaches).length;
  if (bad >= needed) return 'ALARM';
  // Even if all missing datapoints were breaching, too few would breach.
  if (there.length - bad > periods - needed) return 'OK';
  if (treat === 'breaching') return 'ALARM';
  if (treat === 'notBreaching') return 'OK';
  if (treat === 'ignore') return before;
  if (there.length === 0) return points.every((value) => value === undefined) ? 'INSUFFICIENT_DATA' : before;
  if (bad === 0) return 'OK';
  return isLasting(counted, needed, breaches) ? 'ALARM' : before;
};
