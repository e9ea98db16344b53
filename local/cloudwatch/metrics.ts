import type { Dimension, MetricDatum } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../errors';
import type { Region } from '../service';
import { stateOf } from './alarms';
import type { DataPoint, Metric } from './state';

/** Enough for what is looked at; AWS keeps 15 months. */
const pointsKept = 1_440;

const invalid = (message: string) => new AwsError('InvalidParameterValue', message);

const keyOf = (namespace: string, name: string, dimensions: readonly Dimension[] | undefined): string =>
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

/** AWS: at most 1,000 metrics a call, 30 dimensions each, names of 1 to 255 characters. */
export const record = (region: Region, namespace: string, data: readonly MetricDatum[]): void => {
  if (!/^[^:]{1,255}$/.test(namespace) || namespace.startsWith('AWS/'))
    throw invalid("The value for parameter Namespace must not begin with 'AWS/', nor be empty.");
  if (data.length > 1_000) throw invalid('The collection MetricData must not have a size greater than 1000.');
  const points = data.map((datum) => {
    if (!datum.MetricName) throw new AwsError('MissingParameter', 'The parameter MetricName is required.');
    if ((datum.Dimensions ?? []).length > 30)
      throw invalid('The collection Dimensions must not have a size greater than 30.');
    return { datum, name: datum.MetricName, point: pointOf(datum, region.now()) };
  });
  const { metrics } = stateOf(region);
  for (const { datum, name, point } of points) {
    const metric = (metrics[keyOf(namespace, name, datum.Dimensions)] ??= {
      namespace,
      name,
      dimensions: (datum.Dimensions ?? []).map(({ Name, Value }) => ({
        name: Name ?? '',
        value: Value ?? '',
      })),
      ...(datum.Unit !== undefined && { unit: datum.Unit }),
      points: [],
    });
    metric.points.push(point);
    if (metric.points.length > pointsKept) metric.points.shift();
  }
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

/** A metric's statistic by periods that begin at multiples of the period, the newest first. */
export const statistics = (
  metric: Metric | undefined,
  range: { from: number; until: number; periodMs: number; statistic: string },
): { at: number; value: number }[] => {
  const byPeriod = new Map<number, DataPoint[]>();
  for (const point of metric?.points ?? []) {
    if (point.at < range.from || point.at >= range.until) continue;
    const start = Math.floor(point.at / range.periodMs) * range.periodMs;
    byPeriod.set(start, [...(byPeriod.get(start) ?? []), point]);
  }
  return [...byPeriod]
    .map(([at, points]) => ({ at, value: combine(points, range.statistic) }))
    .sort((a, b) => b.at - a.at);
};
