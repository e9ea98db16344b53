/** What the simulated CloudWatch keeps: plain JSON, times in epoch milliseconds. */
import type { PutCompositeAlarmCommandInput, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';

export type StateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface Alarm {
  readonly name: string;
  readonly arn: string;
  /** The input of PutMetricAlarm without name, tags and `ActionsEnabled`. */
  readonly configuration: Omit<PutMetricAlarmCommandInput, 'AlarmName' | 'Tags' | 'ActionsEnabled'>;
  readonly configuredAt: number;
  actionsEnabled: boolean;
  stateValue: StateValue;
  stateReason: string;
  stateReasonData?: string;
  stateUpdatedAt: number;
  /** When the state last changed to another one. */
  stateChangedAt: number;
  tags: Record<string, string>;
}

/** Its state follows from those of the alarms that its rule names. */
export interface CompositeAlarm extends Omit<Alarm, 'configuration'> {
  /** As PutCompositeAlarm took it, less name, tags and whether actions are enabled. */
  readonly configuration: Omit<PutCompositeAlarmCommandInput, 'AlarmName' | 'Tags' | 'ActionsEnabled'>;
}

export type AnyAlarm = Alarm | CompositeAlarm;

export interface DataPoint {
  readonly at: number;
  readonly sum: number;
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
}

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly { readonly name: string; readonly value: string }[];
  readonly unit?: string;
  /** Oldest first; only the newest are kept. */
  readonly points: DataPoint[];
}

export interface CloudWatchState {
  alarms: Record<string, Alarm>;
  /** Names are unique among alarms of both kinds. */
  compositeAlarms?: Record<string, CompositeAlarm>;
  metrics: Record<string, Metric>;
  /** Dashboard bodies by name. */
  dashboards?: Record<string, { readonly body: string; readonly changedAt: number }>;
  /** When each alarm is evaluated next, by the alarm's name; epoch milliseconds. */
  evaluations?: Record<string, number>;
}
