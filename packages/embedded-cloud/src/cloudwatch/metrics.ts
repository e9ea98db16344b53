import type { Dimension, MetricDatum } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import { checkDimensions, stateOf } from './alarms';
import type { DataPoint, Metric } from './state';

/** Enough for the evaluation of alarms; AWS keeps 15 months. */
const pointsKept = 1_440;

const invalid = (message: string) => new AwsError('InvalidParameterValue', message);

export const keyOf = (
  namespace: string,
  name: string,
  dimensions: readonly Dimension[] | undefined,
): string =>
  JSON.stringify([
    namespace,
    name,
    (dimensions ?? []).map(({ Name, Value }) => `${String(Name)}=${String(Value)}`).sort(),
  ]);

const pointOf = (datum: MetricDatum, now: number): DataPoint => {
  const at = datum.Timestamp?.getTime() ?? now;
  const { StatisticValues: set } = datum;
  if (set)
    return {
      at,
      sum: set.Sum ?? 0,
      count: set.SampleCount ?? 0,
      minimum: set.Minimum ?? 0,
      maximum: set.Maximum ?? 0,
    };
  const values = datum.Values ?? (datum.Value === undefined ? [] : [datum.Value]);
  if (values.length === 0)
    throw new AwsError('MissingParameter', 'At least one of the parameters must be specified.');
  if (values.some((value) => !Number.isFinite(value)))
    throw invalid('The value NaN for parameter MetricData.member.1.Value is invalid.');
  const counts = values.map((_, index) => datum.Counts?.[index] ?? 1);
  return {
    at,
    sum: values.reduce((total, value, index) => total + value * (counts[index] ?? 1), 0),
    count: counts.reduce((total, count) => total + count, 0),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
  };
};

/**
 * Stores data points. AWS: at most 1,000 metrics a call, 30 dimensions each, names of 1 to 255 characters.
 * @returns the metrics' keys
 */
export const record = (
  region: Region,
  namespace: string,
  data: readonly MetricDatum[],
): readonly string[] => {
  if (!/^[^:]{1,255}$/.test(namespace) || namespace.startsWith('AWS/'))
    throw invalid("The value for parameter Namespace must not begin with 'AWS/', nor be empty.");
  if (data.length > 1_000) throw invalid('The collection MetricData must not have a size greater than 1000.');
  const points = data.map((datum) => {
    if (!datum.MetricName) throw new AwsError('MissingParameter', 'The parameter MetricName is required.');
    checkDimensions(datum.Dimensions);
    return { datum, name: datum.MetricName, point: pointOf(datum, region.now()) };
  });
  const keys = points.map(({ datum, name, point }) =>
    store(region, namespace, { ...datum, MetricName: name }, point),
  );
  return [...new Set(keys)];
};

/**
 * Adds one data point to its metric, and creates the metric if needed; also for AWS's own namespaces.
 * @returns the metric's key
 */
export const store = (
  region: Region,
  namespace: string,
  { MetricName: name = '', Dimensions: dimensions, Unit: unit }: MetricDatum,
  point: DataPoint,
): string => {
  const key = keyOf(namespace, name, dimensions);
  const metric = (stateOf(region).metrics[key] ??= {
    namespace,
    name,
    dimensions: (dimensions ?? []).map(({ Name, Value }) => ({ name: Name ?? '', value: Value ?? '' })),
    ...(unit !== undefined && { unit }),
    points: [],
  });
  metric.points.push(point);
  if (metric.points.length > pointsKept) metric.points.shift();
  return key;
};

export const findMetric = (
  region: Region,
  namespace: string,
  name: string,
  dimensions: readonly Dimension[] | undefined,
): Metric | undefined => stateOf(region).metrics[keyOf(namespace, name, dimensions)];

const combine = (points: readonly DataPoint[], statistic: string): number => {
  const total = (of: (point: DataPoint) => number) => points.reduce((sum, point) => sum + of(point), 0);
  switch (statistic) {
    case 'Sum':
      return total(({ sum }) => sum);
    case 'SampleCount':
      return total(({ count }) => count);
    case 'Minimum':
      return Math.min(...points.map(({ minimum }) => minimum));
    case 'Maximum':
      return Math.max(...points.map(({ maximum }) => maximum));
    case 'Average':
      return total(({ sum }) => sum) / total(({ count }) => count);
    default:
      throw invalid(`The statistic ${statistic} is not modelled.`);
  }
};

/**
 * A metric's statistic per period, the newest first. Periods begin at multiples of their length; `Infinity` means one
 * period for the whole range.
 */
export const statistics = (
  metric: Metric | undefined,
  range: { from: number; until: number; periodMs: number; statistic: string },
): { at: number; value: number }[] => {
  const byPeriod = new Map<number, DataPoint[]>();
  for (const point of metric?.points ?? []) {
    if (point.at < range.from || point.at >= range.until) continue;
    const start =
      range.periodMs === Infinity ? range.from : Math.floor(point.at / range.periodMs) * range.periodMs;
    byPeriod.set(start, [...(byPeriod.get(start) ?? []), point]);
  }
  return [...byPeriod]
    .map(([at, points]) => ({ at, value: combine(points, range.statistic) }))
    .sort((a, b) => b.at - a.at);
};
