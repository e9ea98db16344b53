import { createHash } from 'node:crypto';
import type { Region } from '../core/service';
import { isComposite } from './composite/store';
import type { Alarm, AnyAlarm, StateValue } from './state';

/** A timestamp in CloudWatch's format. */
const timestamp = (at: number) => new Date(at).toISOString().replace('Z', '+0000');

/** For an alarm on one metric, CloudWatch makes up the metric's id. */
const metricsOf = ({ arn, configuration }: Alarm) => {
  if (configuration.Metrics)
    return configuration.Metrics.map((metric) => ({
      id: metric.Id,
      ...(metric.Expression !== undefined && { expression: metric.Expression }),
      ...(metric.Label !== undefined && { label: metric.Label }),
      returnData: metric.ReturnData ?? true,
    }));
  const digest = createHash('sha256').update(arn).digest('hex');
  return [
    {
      id: [8, 4, 4, 4, 12].map((length, index) => digest.slice(index * 12, index * 12 + length)).join('-'),
      metricStat: {
        metric: {
          namespace: configuration.Namespace,
          name: configuration.MetricName,
          dimensions: Object.fromEntries(
            (configuration.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]),
          ) as Record<string, string>,
        },
        period: configuration.Period,
        stat: configuration.Statistic ?? configuration.ExtendedStatistic,
      },
      returnData: true,
    },
  ];
};

const watchedBy = (alarm: AnyAlarm) =>
  isComposite(alarm) ? { alarmRule: alarm.configuration.AlarmRule } : { metrics: metricsOf(alarm) };

const describeState = (value: StateValue, reason: string, data: string | undefined, at: number) => ({
  value,
  reason,
  ...(data !== undefined && { reasonData: data }),
  timestamp: timestamp(at),
});

export interface FormerState {
  readonly value: StateValue;
  readonly reason: string;
  readonly reasonData: string | undefined;
  readonly at: number;
}

/** Publishes `CloudWatch Alarm State Change` ("Alarm events and EventBridge"); AWS guarantees its delivery. */
export const publishStateChange = (region: Region, alarm: AnyAlarm, former: FormerState): void =>
  region.publish({
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      state: describeState(alarm.stateValue, alarm.stateReason, alarm.stateReasonData, alarm.stateUpdatedAt),
      previousState: describeState(former.value, former.reason, former.reasonData, former.at),
      configuration: {
        ...(alarm.configuration.AlarmDescription !== undefined && {
          description: alarm.configuration.AlarmDescription,
        }),
        ...watchedBy(alarm),
      },
    },
  });

/** Publishes `CloudWatch Alarm Configuration Change`. */
export const publishConfigurationChange = (
  region: Region,
  alarm: AnyAlarm,
  operation: 'create' | 'update' | 'delete',
): void =>
  region.publish({
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm Configuration Change',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      operation,
      state: { value: alarm.stateValue, timestamp: timestamp(alarm.stateUpdatedAt) },
      configuration: {
        alarmName: alarm.name,
        ...(alarm.configuration.AlarmDescription !== undefined && {
          description: alarm.configuration.AlarmDescription,
        }),
        actionsEnabled: alarm.actionsEnabled,
        ...watchedBy(alarm),
        ...(!isComposite(alarm) && {
          threshold: alarm.configuration.Threshold,
          comparisonOperator: alarm.configuration.ComparisonOperator,
          evaluationPeriods: alarm.configuration.EvaluationPeriods,
        }),
        timestamp: timestamp(alarm.configuredAt),
      },
    },
  });
