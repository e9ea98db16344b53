import type {
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  ListMetricsCommandInput,
  ListMetricsCommandOutput,
  MetricDataQuery,
  PutMetricDataCommandInput,
  PutMetricDataCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { stateOf } from '../alarms';
import type { Answer } from '../answer';
import { metricChanged } from '../evaluation';
import { findMetric, record, statistics } from '../metrics';

export const putMetricData: Action<PutMetricDataCommandInput, Answer<PutMetricDataCommandOutput>> = {
  requires: (input) => [
    {
      action: 'cloudwatch:PutMetricData',
      resource: '*',
      context: { 'cloudwatch:namespace': input.Namespace ?? '' },
    },
  ],
  run: (input, region) => {
    for (const key of record(region, input.Namespace ?? '', input.MetricData ?? []))
      metricChanged(region, key);
    return {} satisfies Answer<PutMetricDataCommandOutput>;
  },
};

const evaluate = (region: Region, query: MetricDataQuery, input: GetMetricDataCommandInput) => {
  const { MetricStat: stat } = query;
  if (!stat?.Metric || !stat.Period || !stat.Stat)
    throw new AwsError('ValidationError', 'Only queries with a MetricStat are modelled, no expressions.');
  const points = statistics(
    findMetric(region, stat.Metric.Namespace ?? '', stat.Metric.MetricName ?? '', stat.Metric.Dimensions),
    {
      from: input.StartTime?.getTime() ?? 0,
      until: input.EndTime?.getTime() ?? region.now(),
      periodMs: stat.Period * 1000,
      statistic: stat.Stat,
    },
  );
  const ordered = input.ScanBy === 'TimestampAscending' ? points.reverse() : points;
  return {
    Id: query.Id,
    Label: query.Label ?? stat.Metric.MetricName,
    Timestamps: ordered.map(({ at }) => new Date(at)),
    Values: ordered.map(({ value }) => value),
    StatusCode: 'Complete' as const,
  };
};

/** All results fit on one page. Metric math is not simulated and is refused. */
export const getMetricData: Action<GetMetricDataCommandInput, Answer<GetMetricDataCommandOutput>> = {
  requires: () => [{ action: 'cloudwatch:GetMetricData', resource: '*' }],
  run: (input, region) =>
    ({
      MetricDataResults: (input.MetricDataQueries ?? [])
        .filter(({ ReturnData }) => ReturnData !== false)
        .map((query) => evaluate(region, query, input)),
      Messages: [],
    }) satisfies Answer<GetMetricDataCommandOutput>,
};

export const listMetrics: Action<ListMetricsCommandInput, Answer<ListMetricsCommandOutput>> = {
  requires: () => [{ action: 'cloudwatch:ListMetrics', resource: '*' }],
  run: (input, region) => {
    const found = Object.values(stateOf(region).metrics).filter(
      (metric) =>
        (input.Namespace === undefined || metric.namespace === input.Namespace) &&
        (input.MetricName === undefined || metric.name === input.MetricName) &&
        (input.Dimensions ?? []).every((wanted) =>
          metric.dimensions.some(
            ({ name, value }) =>
              name === wanted.Name && (wanted.Value === undefined || value === wanted.Value),
          ),
        ),
    );
    return {
      Metrics: found.map(({ namespace, name, dimensions }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: dimensions.map((dimension) => ({ Name: dimension.name, Value: dimension.value })),
      })),
    } satisfies Answer<ListMetricsCommandOutput>;
  },
};
