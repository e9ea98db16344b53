import type {
  DeleteScheduledActionCommandInput,
  DescribeScheduledActionsCommandInput,
  DescribeScheduledActionsCommandOutput,
  PutScheduledUpdateGroupActionCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { groupToChange, invalid } from '../groups';
import { stateOf } from '../otherServices';
import { pageOf } from '../paging';
import { isRecurrence, nextOccurrence } from '../policy/recurrence';
import { onEverything, onGroup } from '../requirements';
import { arm, keyOf } from '../scaling/scheduled';
import { shownScheduledAction } from '../shown';
import type { ScheduledActionRecord } from '../state';

/** The SDK passes a Date; a call through JSON passes its text. */
const millisecondsOf = (date: Date | string | undefined): number | undefined =>
  date === undefined ? undefined : new Date(date).getTime();

/** @throws AwsError ValidationError */
const firstTime = (input: PutScheduledUpdateGroupActionCommandInput, now: number): number => {
  const start = millisecondsOf(input.StartTime ?? input.Time);
  if (input.Recurrence !== undefined && !isRecurrence(input.Recurrence)) {
    throw invalid('Given recurrence string: ' + input.Recurrence + ' is invalid');
  }
  if (start !== undefined && start < now) throw invalid('Given start time is in the past');
  if (start !== undefined) return start;
  const next = input.Recurrence === undefined ? undefined : nextOccurrence(input.Recurrence, now);
  if (next === undefined) throw invalid('Either recurrence or start time must be specified');
  return next;
};

/** User guide, "Scheduled scaling for Amazon EC2 Auto Scaling", limitations. */
const maxActions = 125;

/**
 * "Scheduled actions must have unique time values." @throws AwsError AlreadyExists, LimitExceeded
 */
const checkOthers = (others: readonly ScheduledActionRecord[], startAt: number): void => {
  if (others.some((other) => other.startAt === startAt))
    throw new AwsError('AlreadyExists', 'Scheduled action with this scheduled start time already exists');
  if (others.length >= maxActions)
    throw new AwsError(
      'LimitExceeded',
      `You have already reached your limit of ${String(maxActions)} scheduled actions.`,
    );
};

export const putScheduledUpdateGroupAction: Action<PutScheduledUpdateGroupActionCommandInput, object> = {
  requires: onGroup('PutScheduledUpdateGroupAction'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const name = input.ScheduledActionName ?? '';
    const endAt = millisecondsOf(input.EndTime);
    const resource = `scheduledUpdateGroupAction:${region.newId()}:autoScalingGroupName/${group.name}:scheduledActionName/${name}`;
    const action: ScheduledActionRecord = {
      arn: region.arn('autoscaling', resource),
      name,
      group: group.name,
      startAt: firstTime(input, region.now()),
      ...(input.MinSize === undefined ? {} : { minSize: input.MinSize }),
      ...(input.MaxSize === undefined ? {} : { maxSize: input.MaxSize }),
      ...(input.DesiredCapacity === undefined ? {} : { desired: input.DesiredCapacity }),
      ...(input.Recurrence === undefined ? {} : { recurrence: input.Recurrence }),
      ...(input.TimeZone === undefined ? {} : { timeZone: input.TimeZone }),
      ...(endAt === undefined ? {} : { endAt }),
    };
    if ([input.MinSize, input.MaxSize, input.DesiredCapacity].every((size) => size === undefined))
      throw invalid('You must specify at least one of MaxSize, MinSize and DesiredCapacity.');
    const all = Object.values(stateOf(region).scheduledActions);
    checkOthers(
      all.filter((other) => other.group === group.name && other.name !== name),
      action.startAt,
    );
    stateOf(region).scheduledActions[keyOf(group.name, name)] = action;
    arm(region, action);
    return {};
  },
};

export const describeScheduledActions: Action<
  DescribeScheduledActionsCommandInput,
  Omit<DescribeScheduledActionsCommandOutput, '$metadata'>
> = {
  requires: onEverything('DescribeScheduledActions'),
  run(input, region) {
    const names = input.ScheduledActionNames ?? [];
    const [from, to] = [
      millisecondsOf(input.StartTime) ?? -Infinity,
      millisecondsOf(input.EndTime) ?? Infinity,
    ];
    const found = Object.values(stateOf(region).scheduledActions).filter(
      (action) =>
        (input.AutoScalingGroupName === undefined || action.group === input.AutoScalingGroupName) &&
        // If names are given, the times are ignored, as on AWS.
        (names.length > 0 ? names.includes(action.name) : action.startAt >= from && action.startAt <= to),
    );
    const { page, ...next } = pageOf(found, input, 50);
    return { ScheduledUpdateGroupActions: page.map(shownScheduledAction), ...next };
  },
};

export const deleteScheduledAction: Action<DeleteScheduledActionCommandInput, object> = {
  requires: onGroup('DeleteScheduledAction'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const key = keyOf(group.name, input.ScheduledActionName ?? '');
    if (!stateOf(region).scheduledActions[key]) throw invalid('Scheduled action name not found');
    delete stateOf(region).scheduledActions[key];
    return {};
  },
};
