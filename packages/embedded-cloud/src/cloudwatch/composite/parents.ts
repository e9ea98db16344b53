/** Which composite alarms look at an alarm, and when they are evaluated. */
import type { Region } from '../../core/service';
import type { AnyAlarm, CompositeAlarm, StateValue } from '../state';
import { alarmsIn, parseRule } from './rule';
import { compositeAlarmsOf, findAlarm, isComposite, nameIn } from './store';

/** An agenda entry `composite`: the alarm is evaluated then. */
export interface EvaluationDue {
  readonly name: string;
  /** The child whose change is the reason; none where the alarm itself was put. */
  readonly child?: { readonly arn: string; readonly value: StateValue; readonly at: number };
}

/** Names of the alarms that the rule looks at. */
export const childrenOf = (region: Region, alarm: AnyAlarm): readonly string[] =>
  isComposite(alarm)
    ? alarmsIn(parseRule(alarm.configuration.AlarmRule ?? '')).map((child) => nameIn(region, child))
    : [];

export const parentsOf = (region: Region, name: string): readonly CompositeAlarm[] =>
  compositeAlarmsOf(region).filter((parent) => childrenOf(region, parent).includes(name));

/** Whether an alarm looks at itself by way of others: CloudWatch stops evaluating it then. */
export const isCyclic = (region: Region, name: string): boolean => {
  const seen = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const alarm = findAlarm(region, next);
    for (const child of alarm ? childrenOf(region, alarm) : []) {
      if (child === name) return true;
      if (!seen.has(child)) open.push(child);
      seen.add(child);
    }
  }
  return false;
};

/** An alarm has changed its state: those that look at it are evaluated at once. */
export const evaluateParents = (region: Region, child: AnyAlarm): void => {
  for (const { name } of parentsOf(region, child.name))
    region.schedule(0, 'cloudwatch', 'composite', {
      name,
      child: { arn: child.arn, value: child.stateValue, at: child.stateUpdatedAt },
    } satisfies EvaluationDue);
};
