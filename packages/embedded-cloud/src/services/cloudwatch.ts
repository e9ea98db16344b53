import type { PutCompositeAlarmCommandInput, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../core/errors';
import type { Region, Service } from '../core/service';
import {
  deleteAlarms,
  disableAlarmActions,
  enableAlarmActions,
  putMetricAlarm,
  setAlarmState as setAlarmStateAction,
} from '../cloudwatch/actions/alarms';
import { putCompositeAlarm } from '../cloudwatch/actions/compositeAlarms';
import { deleteDashboards, getDashboard, putDashboard } from '../cloudwatch/actions/dashboards';
import { describeAlarms } from '../cloudwatch/actions/describeAlarms';
import { getMetricData, listMetrics, putMetricData } from '../cloudwatch/actions/metrics';
import { listTagsForResource, tagResource, untagResource } from '../cloudwatch/actions/tags';
import { putAlarmIn } from '../cloudwatch/alarms';
import { evaluateComposite } from '../cloudwatch/composite/evaluate';
import { putCompositeIn } from '../cloudwatch/composite/put';
import { findAlarm } from '../cloudwatch/composite/store';
import { embeddedMetrics } from '../cloudwatch/embedded';
import { evaluateDue, metricChanged, queueChanged } from '../cloudwatch/evaluation';
import { record } from '../cloudwatch/metrics';
import type { Alarm, AnyAlarm, CloudWatchState, CompositeAlarm, StateValue } from '../cloudwatch/state';
import { repeatDue, setAlarmState } from '../cloudwatch/stateChange';

declare module '../core/service' {
  interface Services {
    cloudwatch: CloudWatchService;
  }
}

/**
 * The payload of an agenda entry `state`: the alarm, if it still exists, enters the state. Alarms in the cloud's
 * description use it.
 */
export interface StateDue {
  readonly name: string;
  readonly value: StateValue;
  readonly reason: string;
}

export interface CloudWatchService extends Service<CloudWatchState> {
  /** Of either kind. */
  alarm(name: string): AnyAlarm | undefined;
  /** Creates or changes an alarm from PutMetricAlarm's input. */
  putAlarm(input: PutMetricAlarmCommandInput): Alarm;
  /** Makes or changes a composite alarm by what PutCompositeAlarm takes. */
  putCompositeAlarm(input: PutCompositeAlarmCommandInput): CompositeAlarm;
  /** Sets an alarm's state. A change publishes an event and runs the alarm's actions. @throws ResourceNotFound */
  setAlarmState(name: string, value: StateValue, reason: string): void;
  /** Handles a line of a function's log: embedded metric format in it becomes metrics. */
  logged(line: string): void;
  /** A message was put into the queue: its alarms are evaluated. */
  queueChanged(queueName: string): void;
}

/** If CloudWatch refuses the metrics, only the log line remains. */
const recordLogged = (
  region: Region,
  ...recorded: [string, Parameters<typeof record>[2]]
): readonly string[] => {
  try {
    return record(region, ...recorded);
  } catch (error) {
    if (error instanceof AwsError) return [];
    throw error;
  }
};

export const makeCloudWatch = (region: Region): CloudWatchService => {
  const service: CloudWatchService = {
    state: { alarms: {}, metrics: {} },
    actions: {
      DeleteAlarms: deleteAlarms,
      DeleteDashboards: deleteDashboards,
      DescribeAlarms: describeAlarms,
      DisableAlarmActions: disableAlarmActions,
      EnableAlarmActions: enableAlarmActions,
      GetDashboard: getDashboard,
      GetMetricData: getMetricData,
      ListMetrics: listMetrics,
      ListTagsForResource: listTagsForResource,
      PutCompositeAlarm: putCompositeAlarm,
      PutDashboard: putDashboard,
      PutMetricAlarm: putMetricAlarm,
      PutMetricData: putMetricData,
      SetAlarmState: setAlarmStateAction,
      TagResource: tagResource,
      UntagResource: untagResource,
    },
    due: (kind, payload) => {
      if (kind === 'evaluate') evaluateDue(region, payload as Parameters<typeof evaluateDue>[1]);
      else if (kind === 'composite')
        evaluateComposite(region, payload as Parameters<typeof evaluateComposite>[1]);
      else if (kind === 'repeat') repeatDue(region, payload as Parameters<typeof repeatDue>[1]);
      else if (kind === 'state') {
        const { name, value, reason } = payload as StateDue;
        if (findAlarm(region, name)) setAlarmState(region, name, value, reason);
      } else throw new Error(`CloudWatch knows no agenda entry ${kind}.`);
    },
    alarm: (name) => findAlarm(region, name),
    putAlarm: (input) => putAlarmIn(region, input),
    putCompositeAlarm: (input) => putCompositeIn(region, input),
    setAlarmState: (name, value, reason) => setAlarmState(region, name, value, reason),
    logged: (line) => {
      for (const { namespace, data } of embeddedMetrics(line))
        for (const key of recordLogged(region, namespace, data)) metricChanged(region, key);
    },
    queueChanged: (name) => queueChanged(region, name),
  };
  return service;
};
