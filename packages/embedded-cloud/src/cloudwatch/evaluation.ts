/**
 * Metric alarms, evaluated on the agenda of virtual time: every minute, as AWS does, or every 10 s where the period is
 * shorter. Only alarms are that have a metric here: one that data was put to (embedded metrics, PutMetricData), or one of
 * an SQS queue. Others stay as they were described or set. An alarm sleeps while nothing can change: its queue is empty,
 * or no data is in its range, and it has the state that follows from that.
 */
import type { Region } from '../core/service';
import { stateOf } from './alarms';
import { findMetric, keyOf, statistics, store } from './metrics';
import { isEmpty, measure, queueOf } from './queueMetrics';
import type { Alarm, StateValue } from './state';
import { setAlarmState } from './stateChange';
import { type Datapoints, isComparable, spareDatapoints, verdict } from './verdict';

/** So long after the end of a period its data is there. */
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

/** Puts the alarm's next look on the agenda, unless it is there. */
export const awaken = (region: Region, alarm: Alarm | undefined): void => {
  const state = stateOf(region);
  if (!alarm || state.evaluations?.[alarm.name] !== undefined || !isModelled(region, alarm)) return;
  const every = everyMs(alarm);
  const at = (Math.floor((region.now() - dataDelayMs) / every) + 1) * every + dataDelayMs;
  (state.evaluations ??= {})[alarm.name] = at;
  region.schedule(at - region.now(), 'cloudwatch', 'evaluate', { name: alarm.name });
};

/** Data came for a metric: the alarms on it look. */
export const metricChanged = (region: Region, key: string): void => {
  for (const alarm of Object.values(stateOf(region).alarms)) {
    const { Namespace = '', MetricName = '', Dimensions } = alarm.configuration;
    if (keyOf(Namespace, MetricName, Dimensions) === key) awaken(region, alarm);
  }
};

/** Something lies in a queue: the alarms on it look. */
export const queueChanged = (region: Region, name: string): void => {
  for (const alarm of Object.values(stateOf(region).alarms))
    if (queueOf(alarm) === name) awaken(region, alarm);
};

/** SQS publishes its metrics every minute; here they are read when an alarm is evaluated. */
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

/** Nothing can change any more until data comes. */
const maySleep = (region: Region, alarm: Alarm, points: Datapoints): boolean => {
  const name = queueOf(alarm);
  if (name !== undefined) return isEmpty(region, name) && points.every((point) => point === 0);
  return points.every((point) => point === undefined);
};

/** An alarm looks, and looks again at its time. */
export const evaluateDue = (region: Region, { name }: { readonly name: string }): void => {
  const state = stateOf(region);
  if (state.evaluations) Reflect.deleteProperty(state.evaluations, name);
  const alarm = state.alarms[name];
  if (!alarm || !isModelled(region, alarm)) return;
  const every = everyMs(alarm);
  const end = Math.floor((region.now() - dataDelayMs) / every) * every;
  takeGauge(region, alarm, end);
  const points = datapointsOf(region, alarm, end);
  const value = verdict(alarm.configuration, points, alarm.stateValue);
  if (value !== alarm.stateValue) setAlarmState(region, name, value, ...reasonOf(alarm, value, points));
  if (!maySleep(region, alarm, points)) awaken(region, state.alarms[name]);
};
