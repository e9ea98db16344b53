import type { Region } from '../../core/service';
import { setAlarmState } from '../stateChange';
import type { CompositeAlarm, StateValue } from '../state';
import { type EvaluationDue, isCyclic } from './parents';
import { holds, parseRule } from './rule';
import { findAlarm, isComposite, nameIn } from './store';

const timeFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'long',
  day: '2-digit',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** As CloudWatch writes it in reasons: `Friday 04 August, 2023 12:54:46 UTC`. */
export const sayTime = (at: number): string => {
  const parts = Object.fromEntries(timeFormat.formatToParts(at).map(({ type, value }) => [type, value]));
  const { weekday, day, month, year, hour, minute, second } = parts;
  return `${weekday ?? ''} ${day ?? ''} ${month ?? ''}, ${year ?? ''} ${hour ?? ''}:${minute ?? ''}:${second ?? ''} UTC`;
};

/** The state that follows from the rule: never INSUFFICIENT_DATA, which an alarm has until its first evaluation. */
export const verdictOf = (region: Region, { configuration }: CompositeAlarm): StateValue =>
  holds(
    parseRule(configuration.AlarmRule ?? ''),
    (child) => findAlarm(region, nameIn(region, child))?.stateValue,
  )
    ? 'ALARM'
    : 'OK';

const reasonOf = (
  region: Region,
  { arn }: CompositeAlarm,
  value: StateValue,
  child: EvaluationDue['child'],
): [string, string?] => {
  if (!child)
    return [`${arn} was created and its alarm rule evaluates to ${value} at ${sayTime(region.now())}`];
  const timestamp = new Date(child.at).toISOString().replace('Z', '+0000');
  const triggeringAlarms = [{ arn: child.arn, state: { value: child.value, timestamp } }];
  return [
    `${child.arn} transitioned to ${child.value} at ${sayTime(child.at)}`,
    JSON.stringify({ triggeringAlarms }),
  ];
};

/** An agenda entry `composite` has come due. */
export const evaluateComposite = (region: Region, { name, child }: EvaluationDue): void => {
  const alarm = findAlarm(region, name);
  if (!alarm || !isComposite(alarm) || isCyclic(region, name)) return;
  const value = verdictOf(region, alarm);
  if (value !== alarm.stateValue)
    setAlarmState(region, name, value, ...reasonOf(region, alarm, value, child));
};
