import type {
  DeleteAlarmsCommandInput,
  DeleteAlarmsCommandOutput,
  DisableAlarmActionsCommandInput,
  DisableAlarmActionsCommandOutput,
  PutMetricAlarmCommandInput,
  PutMetricAlarmCommandOutput,
  SetAlarmStateCommandInput,
  SetAlarmStateCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { alarmArn, notFound, putAlarmIn, stateOf } from '../alarms';
import type { Answer } from '../answer';
import { checkRemoval } from '../composite/remove';
import { dropAlarm, findAlarm } from '../composite/store';
import { awaken, lookFirst } from '../evaluation';
import { publishConfigurationChange } from '../events';
import { setAlarmState as bringInto } from '../stateChange';

const onAlarms = (action: string, names: readonly string[] | undefined, region: Region) =>
  (names ?? []).map((name) => ({ action: `cloudwatch:${action}`, resource: alarmArn(region, name) }));

export const putMetricAlarm: Action<PutMetricAlarmCommandInput, Answer<PutMetricAlarmCommandOutput>> = {
  requires: (input, region) => [
    ...onAlarms('PutMetricAlarm', [input.AlarmName ?? ''], region),
    ...(input.Tags?.length ? onAlarms('TagResource', [input.AlarmName ?? ''], region) : []),
  ],
  run: (input, region) => {
    lookFirst(region, putAlarmIn(region, input));
    return {} satisfies Answer<PutMetricAlarmCommandOutput>;
  },
};

/** As on AWS, one unknown name is enough and no alarm is deleted. */
export const deleteAlarms: Action<DeleteAlarmsCommandInput, Answer<DeleteAlarmsCommandOutput>> = {
  requires: (input, region) => onAlarms('DeleteAlarms', input.AlarmNames, region),
  run: (input, region) => {
    const names = input.AlarmNames ?? [];
    if (names.length > 100)
      throw new AwsError('ValidationError', 'At most 100 alarms can be deleted in one call.');
    const found = names.map((name) => {
      const alarm = findAlarm(region, name);
      if (!alarm) throw notFound(`Alarm ${name} does not exist`);
      return alarm;
    });
    checkRemoval(region, found);
    for (const alarm of found) {
      dropAlarm(region, alarm);
      publishConfigurationChange(region, alarm, 'delete');
    }
    return {} satisfies Answer<DeleteAlarmsCommandOutput>;
  },
};

/** AWS: a reason of at most 1,023 characters; the data for a scaling policy is JSON of at most 4,000. */
const checkReason = (reason: string | undefined, data: string | undefined): string => {
  if (reason === undefined) throw new AwsError('MissingParameter', 'The parameter StateReason is required.');
  if (reason.length > 1023)
    throw new AwsError('ValidationError', "Value at 'stateReason' must have length at most 1023.");
  if ((data ?? '').length > 4000)
    throw new AwsError('ValidationError', "Value at 'stateReasonData' must have length at most 4000.");
  try {
    if (data !== undefined) JSON.parse(data);
  } catch {
    throw new AwsError('InvalidFormat', 'StateReasonData is not syntactically valid JSON.');
  }
  return reason;
};

/**
 * Only a change of state has an event and actions. On AWS a metric alarm is soon evaluated again, which brings it back
 * into its actual state. Here this happens only if the alarm's metric is simulated; any other alarm stays as set.
 */
export const setAlarmState: Action<SetAlarmStateCommandInput, Answer<SetAlarmStateCommandOutput>> = {
  requires: (input, region) => onAlarms('SetAlarmState', [input.AlarmName ?? ''], region),
  run: (input, region) => {
    const { AlarmName: name, StateValue: value, StateReason: reason } = input;
    if (value === undefined || !['OK', 'ALARM', 'INSUFFICIENT_DATA'].includes(value))
      throw new AwsError('ValidationError', `Value '${String(value)}' at 'stateValue' is not valid.`);
    const checked = checkReason(reason, input.StateReasonData);
    bringInto(region, name ?? '', value, checked, input.StateReasonData);
    awaken(region, stateOf(region).alarms[name ?? '']);
    return {} satisfies Answer<SetAlarmStateCommandOutput>;
  },
};

type Switch = Action<DisableAlarmActionsCommandInput, Answer<DisableAlarmActionsCommandOutput>>;

/** AWS ignores names of alarms that do not exist. */
const makeSwitch = (action: string, actionsEnabled: boolean): Switch => ({
  requires: (input, region) => onAlarms(action, input.AlarmNames, region),
  run: (input, region) => {
    for (const name of input.AlarmNames ?? []) {
      const alarm = findAlarm(region, name);
      if (alarm) alarm.actionsEnabled = actionsEnabled;
    }
    return {};
  },
});

export const enableAlarmActions = makeSwitch('EnableAlarmActions', true);
export const disableAlarmActions = makeSwitch('DisableAlarmActions', false);
