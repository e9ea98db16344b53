import type { AnyAlarm } from './state';

/** What an alarm saw when it changed: what scaling policies find their step by. */
export interface Observed {
  readonly metric: number;
  readonly threshold: number;
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'number');

/**
 * The metric's value in a reason's data, as CloudWatch writes it there: `recentDatapoints`, of which scaling policies
 * take the average unless told otherwise, and `threshold`, that of the alarm unless told. Undefined where it has none.
 */
export const observedBy = ({ stateReasonData, configuration }: AnyAlarm): Observed | undefined => {
  if (stateReasonData === undefined) return undefined;
  const data = JSON.parse(stateReasonData) as { recentDatapoints?: unknown; threshold?: unknown } | null;
  const points = data?.recentDatapoints;
  const own = 'Threshold' in configuration ? configuration.Threshold : undefined;
  const threshold = typeof data?.threshold === 'number' ? data.threshold : own;
  if (!isNumbers(points) || threshold === undefined) return undefined;
  return { metric: points.reduce((sum, point) => sum + point, 0) / points.length, threshold };
};
