import type { Region, Service } from '../core/service';
import { notFound } from './alarms';
import { evaluateParents } from './composite/parents';
import { findAlarm, isComposite, keepAlarm } from './composite/store';
import { publishStateChange } from './events';
import { type Observed, observedBy } from './observed';
import type { AnyAlarm, StateValue } from './state';

/** The methods of other services that alarm actions call; each may be missing. */
interface SnsPort extends Service {
  publish(topicArn: string, message: string): unknown;
}
interface AutoScalingPort extends Service {
  executePolicy?(policyArn: string): unknown;
  executePolicyAt?(policyArn: string, observed: Observed): unknown;
  alarmStateChanged?(alarmName: string, state: StateValue): void;
}
interface LambdaPort extends Service {
  invokeAsync?(functionArn: string, payload: unknown): unknown;
}

const otherService = <Port>(region: Region, name: string): Port | undefined =>
  region.service(name) as Port | undefined;

/** AWS: while an alarm stays in its state, its scaling policies are executed again every minute. */
const repeatMs = 60_000;

const isPolicy = (arn: string) => arn.startsWith('arn:aws:autoscaling:');

const actionsFor = ({ configuration, actionsEnabled }: AnyAlarm, value: StateValue): readonly string[] => {
  if (!actionsEnabled) return [];
  if (value === 'ALARM') return configuration.AlarmActions ?? [];
  return (value === 'OK' ? configuration.OKActions : configuration.InsufficientDataActions) ?? [];
};

const notification = (region: Region, alarm: AnyAlarm, former: StateValue) => ({
  AlarmName: alarm.name,
  AlarmDescription: alarm.configuration.AlarmDescription ?? null,
  AWSAccountId: region.account,
  NewStateValue: alarm.stateValue,
  NewStateReason: alarm.stateReason,
  StateChangeTime: new Date(alarm.stateUpdatedAt).toISOString().replace('Z', '+0000'),
  Region: region.name,
  AlarmArn: alarm.arn,
  OldStateValue: former,
  OKActions: alarm.configuration.OKActions ?? [],
  AlarmActions: alarm.configuration.AlarmActions ?? [],
  InsufficientDataActions: alarm.configuration.InsufficientDataActions ?? [],
  ...(isComposite(alarm)
    ? { AlarmRule: alarm.configuration.AlarmRule }
    : {
        Trigger: {
          MetricName: alarm.configuration.MetricName,
          Namespace: alarm.configuration.Namespace,
          Period: alarm.configuration.Period,
          EvaluationPeriods: alarm.configuration.EvaluationPeriods,
          ComparisonOperator: alarm.configuration.ComparisonOperator,
          Threshold: alarm.configuration.Threshold,
        },
      }),
});

const execute = (region: Region, alarm: AnyAlarm, policyArn: string): void => {
  const autoScaling = otherService<AutoScalingPort>(region, 'autoscaling');
  const observed = observedBy(alarm);
  if (observed && autoScaling?.executePolicyAt) autoScaling.executePolicyAt(policyArn, observed);
  else autoScaling?.executePolicy?.(policyArn);
};

const perform = (region: Region, alarm: AnyAlarm, arn: string, former: StateValue): void => {
  const message = notification(region, alarm, former);
  if (arn.startsWith('arn:aws:sns:'))
    otherService<SnsPort>(region, 'sns')?.publish(arn, JSON.stringify(message));
  else if (isPolicy(arn)) execute(region, alarm, arn);
  else if (arn.startsWith('arn:aws:lambda:'))
    otherService<LambdaPort>(region, 'lambda')?.invokeAsync?.(arn, {
      source: 'aws.cloudwatch',
      alarmArn: alarm.arn,
      accountId: region.account,
      region: region.name,
      alarmData: message,
    });
};

/** Sets an alarm's state. Only a change of state has an event and actions. @throws ResourceNotFound */
export const setAlarmState = (
  region: Region,
  name: string,
  value: StateValue,
  reason: string,
  reasonData?: string,
): void => {
  const alarm = findAlarm(region, name);
  if (!alarm) throw notFound();
  const former = {
    value: alarm.stateValue,
    reason: alarm.stateReason,
    reasonData: alarm.stateReasonData,
    at: alarm.stateUpdatedAt,
  };
  const changed: AnyAlarm = {
    ...alarm,
    stateValue: value,
    stateReason: reason,
    stateUpdatedAt: region.now(),
    ...(value !== former.value && { stateChangedAt: region.now() }),
  };
  if (reasonData === undefined) delete changed.stateReasonData;
  else changed.stateReasonData = reasonData;
  keepAlarm(region, changed);
  if (value === former.value) return;
  publishStateChange(region, changed, former);
  const actions = actionsFor(changed, value);
  for (const arn of actions) perform(region, changed, arn, former.value);
  if (actions.some(isPolicy)) awaitRepeat(region, changed);
  otherService<AutoScalingPort>(region, 'autoscaling')?.alarmStateChanged?.(name, value);
  evaluateParents(region, changed);
};

const awaitRepeat = (region: Region, { name, stateChangedAt }: AnyAlarm) =>
  region.schedule(repeatMs, 'cloudwatch', 'repeat', { name, stateChangedAt });

/**
 * If the alarm is still in that state a minute later, its scaling policies are executed again. The metric that it saw when
 * it changed says nothing of that minute.
 */
export const repeatDue = (region: Region, due: { name: string; stateChangedAt: number }): void => {
  const alarm = findAlarm(region, due.name);
  if (alarm?.stateChangedAt !== due.stateChangedAt) return;
  for (const arn of actionsFor(alarm, alarm.stateValue).filter(isPolicy))
    otherService<AutoScalingPort>(region, 'autoscaling')?.executePolicy?.(arn);
  awaitRepeat(region, alarm);
};
