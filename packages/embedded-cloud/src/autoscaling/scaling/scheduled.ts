/** Runs scheduled actions at their time. An action that is due while ScheduledActions is suspended never runs. */
import type { Region } from '../../core/service';
import { isSuspended, wake } from '../groups';
import { stateOf } from '../otherServices';
import { nextOccurrence } from '../policy/recurrence';
import type { Group, ScheduledActionRecord } from '../state';

export const keyOf = (group: string, name: string): string => `${group}/${name}`;

/** Puts the action's next time on the agenda. */
export const arm = (region: Region, action: ScheduledActionRecord): void =>
  region.schedule(action.startAt - region.now(), 'autoscaling', 'scheduledAction', {
    key: keyOf(action.group, action.name),
    at: action.startAt,
  });

/** Adds a scheduled action, and puts its time on the agenda. */
export const addScheduledAction = (region: Region, action: Omit<ScheduledActionRecord, 'arn'>): void => {
  const resource = `scheduledUpdateGroupAction:${region.newId()}:autoScalingGroupName/${action.group}:scheduledActionName/${action.name}`;
  const record = { ...action, arn: region.arn('autoscaling', resource) };
  stateOf(region).scheduledActions[keyOf(action.group, action.name)] = record;
  arm(region, record);
};

const apply = (group: Group, action: ScheduledActionRecord): void => {
  group.minSize = action.minSize ?? group.minSize;
  group.maxSize = action.maxSize ?? group.maxSize;
  group.desired = Math.max(group.minSize, Math.min(group.maxSize, action.desired ?? group.desired));
};

export const runScheduled = (
  region: Region,
  payload: { readonly key: string; readonly at: number },
): void => {
  const state = stateOf(region);
  const action = state.scheduledActions[payload.key];
  if (action?.startAt !== payload.at) return;
  const group = state.groups[action.group];
  if (group && !isSuspended(group, 'ScheduledActions')) {
    apply(group, action);
    wake(region, group);
  }
  const next = action.recurrence === undefined ? undefined : nextOccurrence(action.recurrence, region.now());
  if (next === undefined || next > (action.endAt ?? Infinity)) {
    delete state.scheduledActions[payload.key];
    return;
  }
  action.startAt = next;
  arm(region, action);
};
