import type { ScalingProcessQuery } from '@aws-sdk/client-auto-scaling';
import type { Action } from '../../core/service';
import { groupToChange, invalid, wake } from '../groups';
import { onGroup } from '../requirements';

export const processNames = [
  'Launch',
  'Terminate',
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'ReplaceUnhealthy',
  'ScheduledActions',
];

/** The processes that the request names; all of them if it names none. @throws AwsError ValidationError */
const named = ({ ScalingProcesses: processes = [] }: ScalingProcessQuery): string[] => {
  const unknown = processes.find((process) => !processNames.includes(process));
  if (unknown !== undefined) throw invalid(`Process type ${unknown} is not supported`);
  return processes.length === 0 ? processNames : processes;
};

export const suspendProcesses: Action<ScalingProcessQuery, object> = {
  requires: onGroup('SuspendProcesses'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const reason = `User suspended at ${new Date(region.now()).toISOString().slice(0, 19)}Z`;
    for (const process of named(input)) group.suspended[process] ??= reason;
    return {};
  },
};

export const resumeProcesses: Action<ScalingProcessQuery, object> = {
  requires: onGroup('ResumeProcesses'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    for (const process of named(input)) delete group.suspended[process];
    wake(region, group);
    return {};
  },
};
