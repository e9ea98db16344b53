import type { PutCompositeAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../core/errors';
import type { Region } from '../../core/service';
import { alarmArn } from '../alarms';
import { publishConfigurationChange } from '../events';
import type { CompositeAlarm } from '../state';
import type { EvaluationDue } from './parents';
import { alarmsIn, parseRule } from './rule';
import { findAlarm, isComposite, keepAlarm, nameIn } from './store';

const validation = (message: string) => new AwsError('ValidationError', message);

/** API reference: topics, functions, OpsItems and incidents, investigations; neither scaling policies nor EC2 actions. */
const actionServices = ['sns', 'lambda', 'ssm', 'ssm-incidents', 'aiops'];

const checkActions = (actions: readonly string[] = []): void => {
  if (actions.length > 5) throw validation('At most 5 actions are allowed for a state.');
  const wrong = actions.find((arn) => !actionServices.includes(arn.split(':')[2] ?? ''));
  if (wrong !== undefined) throw validation(`Invalid arn syntax: ${wrong}`);
};

/** @throws AwsError ValidationError */
const check = (region: Region, input: PutCompositeAlarmCommandInput): void => {
  const { AlarmName: name = '', AlarmRule: rule = '' } = input;
  if (name.length < 1 || name.length > 255)
    throw validation(`Value '${name}' at 'alarmName' failed to satisfy constraint: length must be 1 to 255`);
  if (input.ActionsSuppressor !== undefined)
    throw validation('The suppression of actions (ActionsSuppressor) is not modelled.');
  const children = alarmsIn(parseRule(rule)).map((child) => nameIn(region, child));
  const missing = children.filter((child) => child !== name && !findAlarm(region, child));
  if (missing.length > 0)
    throw validation(
      `Could not save the composite alarm as alarms [${missing.join(', ')}] in the alarm rule do not exist`,
    );
  for (const actions of [input.AlarmActions, input.OKActions, input.InsufficientDataActions])
    checkActions(actions);
};

/**
 * Makes a composite alarm, or gives one a new configuration; the state of one that exists stays until it is evaluated,
 * which it is at once.
 * @throws AwsError ValidationError
 */
export const putCompositeIn = (region: Region, input: PutCompositeAlarmCommandInput): CompositeAlarm => {
  check(region, input);
  const { AlarmName, Tags, ActionsEnabled, ...configuration } = input;
  const name = AlarmName ?? '';
  const before = findAlarm(region, name);
  if (before && !isComposite(before)) throw validation(`A metric alarm of the name ${name} exists already.`);
  const alarm: CompositeAlarm = {
    name,
    arn: alarmArn(region, name),
    configuration,
    configuredAt: region.now(),
    actionsEnabled: ActionsEnabled ?? true,
    stateValue: before?.stateValue ?? 'INSUFFICIENT_DATA',
    stateReason: before?.stateReason ?? 'Unchecked: Initial alarm creation',
    ...(before?.stateReasonData !== undefined && { stateReasonData: before.stateReasonData }),
    stateUpdatedAt: before?.stateUpdatedAt ?? region.now(),
    stateChangedAt: before?.stateChangedAt ?? region.now(),
    tags: before?.tags ?? Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  };
  keepAlarm(region, alarm);
  publishConfigurationChange(region, alarm, before ? 'update' : 'create');
  region.schedule(0, 'cloudwatch', 'composite', { name } satisfies EvaluationDue);
  return alarm;
};
