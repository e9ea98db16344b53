import type {
  DeleteWarmPoolCommandInput,
  DescribeScalingActivitiesCommandInput,
  DescribeScalingActivitiesCommandOutput,
  DescribeWarmPoolCommandInput,
  DescribeWarmPoolCommandOutput,
  PutWarmPoolCommandInput,
} from '@aws-sdk/client-auto-scaling';
import type { Action } from '../../core/service';
import { shownActivity } from '../activities';
import { allMembers, groupOf, groupToChange, isWarm, wake } from '../groups';
import { stateOf } from '../otherServices';
import { pageOf } from '../paging';
import { onEverything, onGroup } from '../requirements';
import { shownInstance, shownWarmPool } from '../shown';

export const describeScalingActivities: Action<
  DescribeScalingActivitiesCommandInput,
  Omit<DescribeScalingActivitiesCommandOutput, '$metadata'>
> = {
  requires: onEverything('DescribeScalingActivities'),
  run(input, region) {
    const { groups, activities } = stateOf(region);
    const name = input.AutoScalingGroupName;
    const all =
      name === undefined ? Object.values(activities).flat() : (activities[groupOf(region, name).name] ?? []);
    const ids = input.ActivityIds ?? [];
    const found = ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id));
    const { page, ...next } = pageOf(found, input, 100);
    return { Activities: page.map((activity) => shownActivity(groups[activity.group], activity)), ...next };
  },
};

export const describeWarmPool: Action<
  DescribeWarmPoolCommandInput,
  Omit<DescribeWarmPoolCommandOutput, '$metadata'>
> = {
  requires: onEverything('DescribeWarmPool'),
  run(input, region) {
    const group = groupOf(region, input.AutoScalingGroupName);
    const { page, ...next } = pageOf(allMembers(group).filter(isWarm), input, 50);
    return { WarmPoolConfiguration: shownWarmPool(group), Instances: page.map(shownInstance), ...next };
  },
};

export const putWarmPool: Action<PutWarmPoolCommandInput, object> = {
  requires: onGroup('PutWarmPool'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const prepared = input.MaxGroupPreparedCapacity;
    group.warmPool = {
      minSize: input.MinSize ?? group.warmPool?.minSize ?? 0,
      // -1 removes the limit.
      ...(prepared === undefined || prepared === -1 ? {} : { maxPrepared: prepared }),
      poolState: input.PoolState ?? group.warmPool?.poolState ?? 'Stopped',
      reuseOnScaleIn: input.InstanceReusePolicy?.ReuseOnScaleIn ?? group.warmPool?.reuseOnScaleIn ?? false,
    };
    wake(region, group);
    return {};
  },
};

export const deleteWarmPool: Action<DeleteWarmPoolCommandInput, object> = {
  requires: onGroup('DeleteWarmPool'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    delete group.warmPool;
    wake(region, group);
    return {};
  },
};
