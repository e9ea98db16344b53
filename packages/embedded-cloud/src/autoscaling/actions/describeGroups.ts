import type {
  DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingGroupsCommandOutput,
  DescribeAutoScalingInstancesCommandInput,
  DescribeAutoScalingInstancesCommandOutput,
  Filter,
} from '@aws-sdk/client-auto-scaling';
import type { Action } from '../../core/service';
import { invalid, memberById } from '../groups';
import { stateOf } from '../otherServices';
import { pageOf } from '../paging';
import { onEverything } from '../requirements';
import { shownGroup, shownInstanceDetails } from '../shown';
import type { Group } from '../state';

type Listed<Output> = Omit<Output, '$metadata'>;

/** @throws AwsError ValidationError for a filter that the action does not know */
const passes = (group: Group, { Name: name = '', Values: values = [] }: Filter): boolean => {
  if (name === 'tag-key') return group.tags.some(({ key }) => values.includes(key));
  if (name === 'tag-value') return group.tags.some(({ value }) => values.includes(value));
  if (!name.startsWith('tag:')) throw invalid(`Filter type ${name} is not correct.`);
  return group.tags.some(({ key, value }) => key === name.slice('tag:'.length) && values.includes(value));
};

export const describeAutoScalingGroups: Action<
  DescribeAutoScalingGroupsCommandInput,
  Listed<DescribeAutoScalingGroupsCommandOutput>
> = {
  requires: onEverything('DescribeAutoScalingGroups'),
  run(input, region) {
    const names = input.AutoScalingGroupNames ?? [];
    const groups = Object.values(stateOf(region).groups).filter(
      (group) =>
        (names.length === 0 || names.includes(group.name)) &&
        (input.Filters ?? []).every((filter) => passes(group, filter)),
    );
    const { page, ...next } = pageOf(groups, input, 50);
    return { AutoScalingGroups: page.map(shownGroup), ...next };
  },
};

export const describeAutoScalingInstances: Action<
  DescribeAutoScalingInstancesCommandInput,
  Listed<DescribeAutoScalingInstancesCommandOutput>
> = {
  requires: onEverything('DescribeAutoScalingInstances'),
  run(input, region) {
    const ids = input.InstanceIds ?? Object.keys(stateOf(region).members);
    const found = ids.flatMap((id) => memberById(region, id) ?? []);
    const { page, ...next } = pageOf(found, input, 50);
    return {
      AutoScalingInstances: page.map(({ group, member }) => shownInstanceDetails(group, member)),
      ...next,
    };
  },
};
