import type {
  DeleteAlarmsCommandInput,
  DeleteAlarmsCommandOutput,
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  DisableAlarmActionsCommandInput,
  DisableAlarmActionsCommandOutput,
  MetricAlarm,
  PutMetricAlarmCommandInput,
  PutMetricAlarmCommandOutput,
  SetAlarmStateCommandInput,
  SetAlarmStateCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { alarmArn, invalidValue, notFound, putAlarmIn, stateOf } from '../alarms';
import type { Answer } from '../answer';
import { awaken } from '../evaluation';
import { publishConfigurationChange } from '../events';
import type { Alarm } from '../state';
import { setAlarmState as bringInto } from '../stateChange';

const describe = (alarm: Alarm): MetricAlarm => ({
  AlarmName: alarm.name,
  AlarmArn: alarm.arn,
  ...alarm.configuration,
  AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAt),
  ActionsEnabled: alarm.actionsEnabled,
  OKActions: alarm.configuration.OKActions ?? [],
  AlarmActions: alarm.configuration.AlarmActions ?? [],
  InsufficientDataActions: alarm.configuration.InsufficientDataActions ?? [],
  Dimensions: alarm.configuration.Dimensions ?? [],
  StateValue: alarm.stateValue,
  StateReason: alarm.stateReason,
  ...(alarm.stateReasonData !== undefined && { StateReasonData: alarm.stateReasonData }),
  StateUpdatedTimestamp: new Date(alarm.stateUpdatedAt),
  StateTransitionedTimestamp: new Date(alarm.stateChangedAt),
});

const onAlarms = (action: string, names: readonly string[] | undefined, region: Region) =>
  (names ?? []).map((name) => ({ action: `cloudwatch:${action}`, resource: alarmArn(region, name) }));

export const putMetricAlarm: Action<PutMetricAlarmCommandInput, Answer<PutMetricAlarmCommandOutput>> = {
  requires: (input, region) => [
    ...onAlarms('PutMetricAlarm', [input.AlarmName ?? ''], region),
    ...(input.Tags?.length ? onAlarms('TagResource', [input.AlarmName ?? ''], region) : []),
  ],
  run: (input, region) => {
    putAlarmIn(region, input);
    return {} satisfies Answer<PutMetricAlarmCommandOutput>;
  },
};

/** @throws ValidationError, InvalidNextToken */
const select = (input: DescribeAlarmsCommandInput, region: Region): Alarm[] => {
  const { AlarmNames: names, AlarmNamePrefix: prefix, ActionPrefix: action, StateValue: state } = input;
  if (names?.length && prefix !== undefined)
    throw new AwsError('ValidationError', 'AlarmNames and AlarmNamePrefix cannot both be specified.');
  if ((names?.length ?? 0) > 100)
    throw new AwsError('ValidationError', 'At most 100 AlarmNames are allowed.');
  // AWS returns only metric alarms by default. Composite alarms are not simulated.
  if (input.AlarmTypes && !input.AlarmTypes.includes('MetricAlarm')) return [];
  return Object.values(stateOf(region).alarms)
    .filter(
      ({ name, stateValue, configuration }) =>
        (!names?.length || names.includes(name)) &&
        (prefix === undefined || name.startsWith(prefix)) &&
        (state === undefined || stateValue === state) &&
        (action === undefined ||
          [configuration.AlarmActions, configuration.OKActions, configuration.InsufficientDataActions]
            .flatMap((list) => list ?? [])
            .some((arn) => arn.startsWith(action))),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
};

export const describeAlarms: Action<DescribeAlarmsCommandInput, Answer<DescribeAlarmsCommandOutput>> = {
  requires: (_, region) => [{ action: 'cloudwatch:DescribeAlarms', resource: alarmArn(region, '*') }],
  run: (input, region) => {
    const size = input.MaxRecords ?? 50;
    if (size < 1 || size > 100) throw invalidValue('MaxRecords must be between 1 and 100.');
    const from =
      input.NextToken === undefined ? 0 : Number(Buffer.from(input.NextToken, 'base64').toString());
    if (!Number.isInteger(from)) throw new AwsError('InvalidNextToken', 'The next token is not valid.');
    const found = select(input, region);
    const page = found.slice(from, from + size);
    const end = from + page.length;
    return {
      MetricAlarms: page.map(describe),
      CompositeAlarms: [],
      ...(end < found.length && { NextToken: Buffer.from(String(end)).toString('base64') }),
    } satisfies Answer<DescribeAlarmsCommandOutput>;
  },
};

/** As on AWS, one unknown name is enough and no alarm is deleted. */
export const deleteAlarms: Action<DeleteAlarmsCommandInput, Answer<DeleteAlarmsCommandOutput>> = {
  requires: (input, region) => onAlarms('DeleteAlarms', input.AlarmNames, region),
  run: (input, region) => {
    const { alarms } = stateOf(region);
    const names = input.AlarmNames ?? [];
    if (names.length > 100)
      throw new AwsError('ValidationError', 'At most 100 alarms can be deleted in one call.');
    const found = names.map((name) => {
      const alarm = alarms[name];
      if (!alarm) throw notFound(`Alarm ${name} does not exist`);
      return alarm;
    });
    for (const alarm of found) {
      Reflect.deleteProperty(alarms, alarm.name);
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
    const { alarms } = stateOf(region);
    for (const name of input.AlarmNames ?? []) {
      const alarm = alarms[name];
      if (alarm) alarm.actionsEnabled = actionsEnabled;
    }
    return {};
  },
});

export const enableAlarmActions = makeSwitch('EnableAlarmActions', true);
export const disableAlarmActions = makeSwitch('DisableAlarmActions', false);
