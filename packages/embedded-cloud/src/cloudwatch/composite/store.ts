import type { Region } from '../../core/service';
import type { AnyAlarm, CompositeAlarm } from '../state';

const stateOf = (region: Region) => region.service('cloudwatch').state;

export const isComposite = (alarm: AnyAlarm): alarm is CompositeAlarm => 'AlarmRule' in alarm.configuration;

export const compositeAlarmsOf = (region: Region): readonly CompositeAlarm[] =>
  Object.values(stateOf(region).compositeAlarms ?? {});

/** An alarm of either kind. */
export const findAlarm = (region: Region, name: string): AnyAlarm | undefined =>
  stateOf(region).alarms[name] ?? stateOf(region).compositeAlarms?.[name];

export const keepAlarm = (region: Region, alarm: AnyAlarm): void => {
  const state = stateOf(region);
  if (isComposite(alarm)) (state.compositeAlarms ??= {})[alarm.name] = alarm;
  else state.alarms[alarm.name] = alarm;
};

export const dropAlarm = (region: Region, { name }: AnyAlarm): void => {
  const state = stateOf(region);
  Reflect.deleteProperty(state.alarms, name);
  if (state.compositeAlarms) Reflect.deleteProperty(state.compositeAlarms, name);
};

/** The alarm that a rule names, by its name or its ARN in this region and account. */
export const nameIn = (region: Region, nameOrArn: string): string => {
  const prefix = region.arn('cloudwatch', 'alarm:');
  return nameOrArn.startsWith(prefix) ? nameOrArn.slice(prefix.length) : nameOrArn;
};
