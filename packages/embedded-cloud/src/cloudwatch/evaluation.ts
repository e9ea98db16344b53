/**
 * Evaluates metric alarms on the agenda of virtual time: every minute, as AWS does, or every 10 s if the period is
 * shorter. It evaluates only alarms on a metric that exists here: one with data (embedded metrics, PutMetricData), or a
 * metric of an SQS queue. Other alarms keep the state that was described or set. An alarm is not evaluated while
 * nothing can change: its queue is empty, or its range has no data, and its state is already the one that follows.
 */
import type { Region } from '../core/service';
import { stateOf } from './alarms';
import { findMetric, keyOf, statistics, store } from './metrics';
import { isEmpty, measure, queueOf } from './queueMetrics';
import type { Alarm, StateValue } from './state';
import { setAlarmState } from './stateChange';
import { type Datapoints, isComparable, spareDatapoints, verdict } from './verdict';

/** Data of a period is there this long after the period's end. */
export const dataDelayMs = 5_000;
const minuteMs = 60_000;

const everyMs = ({ configuration: { Period = 60 } }: Alarm) => Math.min(Period * 1000, minuteMs);

const modelled = new Set(['Sum', 'SampleCount', 'Minimum', 'Maximum', 'Average']);

const isModelled = (region: Region, alarm: Alarm): boolean => {
  const { Namespace, MetricName, Dimensions, Statistic, ComparisonOperator } = alarm.configuration;
  if (MetricName === undefined || !modelled.has(Statistic ?? '') || !isComparable(ComparisonOperator))
    return false;
  return (
    queueOf(alarm) !== undefined || findMetric(region, Namespace ?? '', MetricName, Dimensions) !== undefined
  );
};

/** Puts the alarm's next evaluation on the agenda, unless it is there already. */
const putLook = (region: Region, alarm: Alarm): void => {
  const state = stateOf(region);
  if (state.evaluations?.[alarm.name] !== undefined) return;
  const every = everyMs(alarm);
  const at = (Math.floor((region.now() - dataDelayMs) / every) + 1) * every + dataDelayMs;
  (state.evaluations ??= {})[alarm.name] = at;
  region.schedule(at - region.now(), 'cloudwatch', 'evaluate', { name: alarm.name });
};

export const awaken = (region: Region, alarm: Alarm | undefined): void => {
  if (alarm && isModelled(region, alarm)) putLook(region, alarm);
};

/** Has no data, and none is needed for it to be OK. */
const isOkWithoutData = ({ configuration, stateValue }: Alarm): boolean =>
  stateValue === 'INSUFFICIENT_DATA' && configuration.TreatMissingData === 'notBreaching';

/** An alarm was put: where missing data are not breaching, its first look finds it OK, data or not. */
export const lookFirst = (region: Region, alarm: Alarm): void => {
  if (isOkWithoutData(alarm)) putLook(region, alarm);
};

/** A metric received data: schedules the evaluation of the alarms on it. */
export const metricChanged = (region: Region, key: string): void => {
  for (const alarm of Object.values(stateOf(region).alarms)) {
    const { Namespace = '', MetricName = '', Dimensions } = alarm.configuration;
    if (keyOf(Namespace, MetricName, Dimensions) === key) awaken(region, alarm);
  }
};

/** A queue received a message: schedules the evaluation of the alarms on it. */
export const queueChanged = (region: Region, name: string): void => {
  for (const alarm of Object.values(stateOf(region).alarms))
    if (queueOf(alarm) === name) awaken(region, alarm);
};

/** SQS publishes its metrics every minute. Here they are read when an alarm is evaluated. */
const takeGauge = (region: Region, alarm: Alarm, end: number): void => {
  const name = queueOf(alarm);
  const value = name === undefined ? undefined : measure(region, alarm, name);
  if (value === undefined) return;
  const { Namespace = '', MetricName = '', Dimensions } = alarm.configuration;
  const datum = { MetricName, Dimensions };
  store(region, Namespace, datum, { at: end - 1, sum: value, count: 1, minimum: value, maximum: value });
};

const datapointsOf = (region: Region, alarm: Alarm, end: number): Datapoints => {
  const { Namespace = '', MetricName = '', Dimensions, Statistic = '' } = alarm.configuration;
  const { Period = 60, EvaluationPeriods = 1 } = alarm.configuration;
  const metric = findMetric(region, Namespace, MetricName, Dimensions);
  const periodMs = Period * 1000;
  return Array.from({ length: EvaluationPeriods + spareDatapoints }, (_, index) => {
    const until = end - index * periodMs;
    const range = { from: until - periodMs, until, periodMs: Infinity, statistic: Statistic };
    const value = statistics(metric, range)[0]?.value;
    // A queue without a recorded metric was empty.
    return value ?? (queueOf(alarm) === undefined ? undefined : 0);
  });
};

const reasonOf = (alarm: Alarm, value: StateValue, points: Datapoints): [string, string] => {
  const { Threshold = 0, EvaluationPeriods = 1, Period, Statistic, ComparisonOperator } = alarm.configuration;
  const recent = points.slice(0, EvaluationPeriods);
  const there = recent.filter((point) => point !== undefined);
  const shown = `${String(there.length)} datapoints [${there.join(', ')}] of the last ${String(EvaluationPeriods)} periods`;
  const data = { version: '1.0', statistic: Statistic, period: Period, recentDatapoints: there };
  return [
    value === 'INSUFFICIENT_DATA'
      ? 'Insufficient Data: no datapoints were received.'
      : `Threshold Crossed: ${shown} for ${String(ComparisonOperator)} (${String(Threshold)}): ${value}.`,
    JSON.stringify({ ...data, threshold: Threshold }),
  ];
};

/** In CloudWatch's words. */
const withoutData = ({ configuration: { EvaluationPeriods: periods = 1 } }: Alarm): string =>
  periods === 1
    ? 'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].'
    : `Threshold Crossed: no datapoints were received for ${String(periods)} periods and ${String(periods)} missing datapoints were treated as [NonBreaching].`;

/** Whether nothing can change until new data arrives. */
const maySleep = (region: Region, alarm: Alarm, points: Datapoints): boolean => {
  const name = queueOf(alarm);
  if (name !== undefined) return isEmpty(region, name) && points.every((point) => point === 0);
  return points.every((point) => point === undefined);
};

/** Evaluates an alarm, and schedules its next evaluation. */
export const evaluateDue = (region: Region, { name }: { readonly name: string }): void => {
  const state = stateOf(region);
  if (state.evaluations) Reflect.deleteProperty(state.evaluations, name);
  const alarm = state.alarms[name];
  if (!alarm) return;
  if (!isModelled(region, alarm)) {
    if (isOkWithoutData(alarm)) setAlarmState(region, name, 'OK', withoutData(alarm));
    return;
  }
  const every = everyMs(alarm);
  const end = Math.floor((region.now() - dataDelayMs) / every) * every;
  takeGauge(region, alarm, end);
  const points = datapointsOf(region, alarm, end);
  const value = verdict(alarm.configuration, points, alarm.stateValue);
  if (value !== alarm.stateValue) setAlarmState(region, name, value, ...reasonOf(alarm, value, points));
  if (!maySleep(region, alarm, points)) awaken(region, state.alarms[name]);
};
