import type {
  CancelInstanceRefreshCommandInput,
  CancelInstanceRefreshCommandOutput,
  DescribeInstanceRefreshesCommandInput,
  DescribeInstanceRefreshesCommandOutput,
  RollbackInstanceRefreshCommandInput,
  RollbackInstanceRefreshCommandOutput,
  StartInstanceRefreshCommandInput,
  StartInstanceRefreshCommandOutput,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { activeRefresh, groupOf, groupToChange, wake } from '../groups';
import { stateOf } from '../otherServices';
import { pageOf } from '../paging';
import { cancelled, rollBack, rollbackProblem } from '../refresh/ending';
import { checkPreferences, checkRollback } from '../refresh/preferences';
import { groupRequirement, launchRequirements, onEverything, onGroup } from '../requirements';
import { shownRefresh } from '../shown';
import { sourceFrom } from '../source';
import type { Refresh } from '../state';

/** From the request until the refresh begins. */
const pendingMs = 2000;
/** AWS keeps refreshes for 90 days. Here the newest of each group are kept, up to this number. */
const kept = 100;

export const startInstanceRefresh: Action<
  StartInstanceRefreshCommandInput,
  Omit<StartInstanceRefreshCommandOutput, '$metadata'>
> = {
  requires: (input, region) => [
    groupRequirement(region, 'StartInstanceRefresh', input.AutoScalingGroupName),
    ...launchRequirements(region, input.DesiredConfiguration ?? {}),
  ],
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    if (activeRefresh(region, group)) {
      throw new AwsError(
        'InstanceRefreshInProgress',
        'An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.',
      );
    }
    const preferences = input.Preferences ?? {};
    checkPreferences(region, group, input);
    const desired = sourceFrom(region, input.DesiredConfiguration ?? {});
    checkRollback(region, group, preferences, desired);
    const refresh: Refresh = {
      id: region.newId(),
      group: group.name,
      requestedAt: region.now(),
      preferences,
      ...(desired ? { desired } : {}),
      status: 'Pending',
      targets: {},
      total: 0,
      percentage: 0,
      remaining: 0,
      checkpoint: 0,
      progressAt: region.now(),
    };
    const list = (stateOf(region).refreshes[group.name] ??= []);
    list.unshift(refresh);
    if (list.length > kept) list.length = kept;
    region.schedule(pendingMs, 'autoscaling', 'refreshStart', { group: group.name, refreshId: refresh.id });
    return { InstanceRefreshId: refresh.id };
  },
};

const notFound = (name: string) =>
  new AwsError(
    'ActiveInstanceRefreshNotFound',
    `No in progress or pending Instance Refresh found for Auto Scaling group ${name}`,
  );

export const cancelInstanceRefresh: Action<
  CancelInstanceRefreshCommandInput,
  Omit<CancelInstanceRefreshCommandOutput, '$metadata'>
> = {
  requires: onGroup('CancelInstanceRefresh'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const refresh = activeRefresh(region, group);
    if (!refresh || refresh.status === 'Cancelling') throw notFound(group.name);
    const pending = refresh.status === 'Pending';
    refresh.status = 'Cancelling';
    refresh.targets = {};
    if (pending || input.WaitForTransitioningInstances === false) cancelled(region, group, refresh);
    else wake(region, group, 1000);
    return { InstanceRefreshId: refresh.id };
  },
};

export const rollbackInstanceRefresh: Action<
  RollbackInstanceRefreshCommandInput,
  Omit<RollbackInstanceRefreshCommandOutput, '$metadata'>
> = {
  requires: onGroup('RollbackInstanceRefresh'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const refresh = activeRefresh(region, group);
    if (!refresh) throw notFound(group.name);
    const problem = refresh.desired
      ? rollbackProblem(region, group.launch, 'current')
      : 'no desired configuration was specified for it';
    if (problem !== undefined || !['InProgress', 'Baking'].includes(refresh.status)) {
      throw new AwsError(
        'IrreversibleInstanceRefresh',
        `The instance refresh ${refresh.id} can't be rolled back: ${problem ?? `its status is ${refresh.status}`}.`,
      );
    }
    rollBack(region, group, refresh, 'Rollback initiated by a user request.');
    return { InstanceRefreshId: refresh.id };
  },
};

export const describeInstanceRefreshes: Action<
  DescribeInstanceRefreshesCommandInput,
  Omit<DescribeInstanceRefreshesCommandOutput, '$metadata'>
> = {
  requires: onEverything('DescribeInstanceRefreshes'),
  run(input, region) {
    const group = groupOf(region, input.AutoScalingGroupName);
    const ids = input.InstanceRefreshIds ?? [];
    const all = stateOf(region).refreshes[group.name] ?? [];
    const found = all.filter((refresh) => ids.length === 0 || ids.includes(refresh.id));
    const { page, ...next } = pageOf(found, input, 50);
    return { InstanceRefreshes: page.map((refresh) => shownRefresh(refresh, group)), ...next };
  },
};
