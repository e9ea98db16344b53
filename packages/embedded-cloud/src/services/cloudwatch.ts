import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../core/errors';
import type { Region, Service } from '../core/service';
import {
  deleteAlarms,
  describeAlarms,
  disableAlarmActions,
  enableAlarmActions,
  putMetricAlarm,
  setAlarmState as setAlarmStateAction,
} from '../cloudwatch/actions/alarms';
import { deleteDashboards, getDashboard, putDashboard } from '../cloudwatch/actions/dashboards';
import { getMetricData, listMetrics, putMetricData } from '../cloudwatch/actions/metrics';
import { listTagsForResource, tagResource, untagResource } from '../cloudwatch/actions/tags';
import { putAlarmIn } from '../cloudwatch/alarms';
import { embeddedMetrics } from '../cloudwatch/embedded';
import { evaluateDue, metricChanged, queueChanged } from '../cloudwatch/evaluation';
import { record } from '../cloudwatch/metrics';
import type { Alarm, CloudWatchState, StateValue } from '../cloudwatch/state';
import { repeatDue, setAlarmState } from '../cloudwatch/stateChange';

declare module '../core/service' {
  interface Services {
    cloudwatch: CloudWatchService;
  }
}

/** An agenda entry `state`: the alarm changes then, if it still exists. The description's alarms ring by it. */
export interface StateDue {
  readonly name: string;
  readonly value: StateValue;
  readonly reason: string;
}

export interface CloudWatchService extends Service<CloudWatchState> {
  alarm(name: string): Alarm | undefined;
  /** Makes or changes an alarm by what PutMetricAlarm takes. */
  putAlarm(input: PutMetricAlarmCommandInput): Alarm;
  /** A change has its event and its actions. @throws ResourceNotFound */
  setAlarmState(name: string, value: StateValue, reason: string): void;
  /** A line of a function's log: what it carries in embedded metric format becomes metrics. */
  logged(line: string): void;
  /** Something was put to the queue: its alarms look. */
  queueChanged(queueName: string): void;
}

/** What CloudWatch refuses stays a line of the log. */
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
      PutDashboard: putDashboard,
      PutMetricAlarm: putMetricAlarm,
      PutMetricData: putMetricData,
      SetAlarmState: setAlarmStateAction,
      TagResource: tagResource,
      UntagResource: untagResource,
    },
    due: (kind, payload) => {
      if (kind === 'evaluate') evaluateDue(region, payload as Parameters<typeof evaluateDue>[1]);
      else if (kind === 'repeat') repeatDue(region, payload as Parameters<typeof repeatDue>[1]);
      else if (kind === 'state') {
        const { name, value, reason } = payload as StateDue;
        if (service.state.alarms[name]) setAlarmState(region, name, value, reason);
      } else throw new Error(`CloudWatch knows no agenda entry ${kind}.`);
    },
    alarm: (name) => service.state.alarms[name],
    putAlarm: (input) => putAlarmIn(region, input),
    setAlarmState: (name, value, reason) => setAlarmState(region, name, value, reason),
    logged: (line) => {
      for (const { namespace, data } of embeddedMetrics(line))
        for (const key of recordLogged(region, namespace, data)) metricChanged(region, key);
    },
    queueChanged: (name) => queueChanged(region, name),
  };
  return service;
};
