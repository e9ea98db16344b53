import type { CloudWatchClient, CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Settings } from '../application/schema';
import { findAlarms } from '../aws/alarms';
import { chunks } from '../aws/chunks';
import { alarmNames } from '../scaling/names';
import { type RingingAlarm, ringingMessage } from './ringingAlarm';

export interface WatchAlarmsTools {
  readonly stage: string;
  readonly clock: () => number;
  readonly cloudWatch: CloudWatchClient;
  readonly sqs: SQSClient;
  readonly alarmsQueueUrl: string;
}

/** DescribeAlarms takes at most so many `AlarmNames`. */
const maxNames = 100;

/**
 * Reports every alarm in ALARM that gates an application's releases. An event only tells that an alarm has changed; one
 * that rings on after a deployment or a rollback has ended sends none.
 * @returns how many ring.
 */
export const watchAlarms = async (settings: Settings, tools: WatchAlarmsTools): Promise<number> => {
  const names = [
    ...new Set(
      Object.entries(settings.applications).flatMap(([application, its]) =>
        alarmNames(tools.stage, application, its).map(({ fullName }) => fullName),
      ),
    ),
  ];
  const found = await Promise.all(
    chunks(names, maxNames).map((AlarmNames) =>
      findAlarms(tools.cloudWatch, { AlarmNames, StateValue: 'ALARM' }),
    ),
  );
  const ringing = found.flatMap(({ all }) => all).flatMap((alarm) => ringingOf(alarm, tools.clock()) ?? []);
  await Promise.all(
    ringing.map((alarm) =>
      tools.sqs.send(
        new SendMessageCommand({ QueueUrl: tools.alarmsQueueUrl, MessageBody: ringingMessage(alarm) }),
      ),
    ),
  );
  return ringing.length;
};

const ringingOf = (alarm: MetricAlarm | CompositeAlarm, seenAt: number): RingingAlarm | undefined => {
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  if (alarm.AlarmArn === undefined || alarm.AlarmName === undefined || since === undefined) return undefined;
  return {
    arn: alarm.AlarmArn,
    name: alarm.AlarmName,
    changedAt: since.getTime(),
    reason: alarm.StateReason ?? '',
    evaluatedSeconds: evaluatedSeconds(alarm),
    seenAt,
  };
};

/** A composite alarm has no periods of its own, and one of metric math has them in its queries. */
const evaluatedSeconds = (alarm: MetricAlarm | CompositeAlarm): number | undefined => {
  if (!('EvaluationPeriods' in alarm) || alarm.EvaluationPeriods === undefined) return undefined;
  const period =
    alarm.Period ?? Math.max(...(alarm.Metrics ?? []).map(({ MetricStat: stat }) => stat?.Period ?? 60));
  return Number.isFinite(period) ? period * alarm.EvaluationPeriods : undefined;
};
