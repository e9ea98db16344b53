/**
 * CloudWatch's embedded metric format: a line of a function's log that contains metrics (User Guide, "Specification:
 * Embedded metric format"). A line that breaks the specification is an ordinary log line without metrics.
 */
import type { MetricDatum, StandardUnit } from '@aws-sdk/client-cloudwatch';

export interface EmbeddedMetrics {
  readonly namespace: string;
  readonly data: readonly MetricDatum[];
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** At most 100 metrics per directive, 100 values per metric, 30 dimensions per set. */
const most = { metrics: 100, values: 100, dimensions: 30 } as const;

const valuesOf = (value: unknown): number[] | undefined => {
  const values = Array.isArray(value) ? value : [value];
  const isRight =
    values.length > 0 && values.length <= most.values && values.every((one) => Number.isFinite(one));
  return isRight ? (values as number[]) : undefined;
};

/** A dimension's value is a string in the line's root object. If one is missing, the whole set is invalid. */
const dimensionsOf = (root: Json, names: unknown): MetricDatum['Dimensions'] => {
  const wanted = listOf(names);
  const found = wanted.flatMap((name) => {
    const value = typeof name === 'string' ? root[name] : undefined;
    return typeof value === 'string' && value !== '' ? [{ Name: name as string, Value: value }] : [];
  });
  return found.length === wanted.length && found.length <= most.dimensions ? found : undefined;
};

const dataOf = (root: Json, directive: Json, at: number): MetricDatum[] => {
  // A directive without dimensions gives metrics without dimensions.
  const sets = (Array.isArray(directive.Dimensions) ? directive.Dimensions : [[]]).flatMap((names) => {
    const dimensions = dimensionsOf(root, names);
    return dimensions ? [dimensions] : [];
  });
  const definitions = listOf(directive.Metrics).filter(isObject).slice(0, most.metrics);
  return definitions.flatMap(({ Name: name, Unit: unit }) => {
    const values = typeof name === 'string' ? valuesOf(root[name]) : undefined;
    if (typeof name !== 'string' || !values) return [];
    return sets.map((Dimensions) => ({
      MetricName: name,
      Dimensions,
      Values: values,
      Timestamp: new Date(at),
      ...(typeof unit === 'string' && { Unit: unit as StandardUnit }),
    }));
  });
};

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
};

/** The metrics of a log line; empty if it contains none. */
export const embeddedMetrics = (line: string): readonly EmbeddedMetrics[] => {
  if (!line.startsWith('{') || !line.includes('"_aws"')) return [];
  const root = parse(line);
  if (!isObject(root) || !isObject(root._aws) || typeof root._aws.Timestamp !== 'number') return [];
  const at = root._aws.Timestamp;
  return listOf(root._aws.CloudWatchMetrics)
    .filter(isObject)
    .flatMap((directive) =>
      typeof directive.Namespace === 'string'
        ? [{ namespace: directive.Namespace, data: dataOf(root, directive, at) }]
        : [],
    );
};
