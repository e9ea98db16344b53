import type {
  AttachLoadBalancerTargetGroupsCommandInput,
  AttachTrafficSourcesCommandInput,
  DescribeLoadBalancerTargetGroupsCommandInput,
  DescribeLoadBalancerTargetGroupsCommandOutput,
  DescribeTrafficSourcesCommandInput,
  DescribeTrafficSourcesCommandOutput,
  DetachLoadBalancerTargetGroupsCommandInput,
  DetachTrafficSourcesCommandInput,
} from '@aws-sdk/client-auto-scaling';
import type { Action } from '../../core/service';
import { attach, attachedAs, attachmentsOf, detach, targetGroupsIn } from '../attachments';
import { groupOf, groupToChange, invalid } from '../groups';
import { pageOf } from '../paging';
import { onEverything, onGroup } from '../requirements';

export const attachLoadBalancerTargetGroups: Action<AttachLoadBalancerTargetGroupsCommandInput, object> = {
  requires: onGroup('AttachLoadBalancerTargetGroups'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    attach(region, group, input.TargetGroupARNs ?? []);
    return {};
  },
};

/** Not of what was attached as a traffic source (API reference). */
export const detachLoadBalancerTargetGroups: Action<DetachLoadBalancerTargetGroupsCommandInput, object> = {
  requires: onGroup('DetachLoadBalancerTargetGroups'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const arns = input.TargetGroupARNs ?? [];
    const sources = attachedAs(group).trafficSources.filter((arn) => arns.includes(arn));
    if (sources.length > 0)
      throw invalid(`Trying to remove Target Groups that are not part of the group: ${sources.join(', ')}`);
    detach(region, group, arns);
    return {};
  },
};

export const attachTrafficSources: Action<AttachTrafficSourcesCommandInput, object> = {
  requires: onGroup('AttachTrafficSources'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const arns = targetGroupsIn(input.TrafficSources);
    const added = arns.filter((arn) => !group.targetGroupArns.includes(arn));
    attach(region, group, arns);
    group.trafficSources = [...(group.trafficSources ?? []), ...added];
    return {};
  },
};

export const detachTrafficSources: Action<DetachTrafficSourcesCommandInput, object> = {
  requires: onGroup('DetachTrafficSources'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    detach(region, group, targetGroupsIn(input.TrafficSources));
    return {};
  },
};

export const describeLoadBalancerTargetGroups: Action<
  DescribeLoadBalancerTargetGroupsCommandInput,
  Omit<DescribeLoadBalancerTargetGroupsCommandOutput, '$metadata'>
> = {
  requires: onEverything('DescribeLoadBalancerTargetGroups'),
  run(input, region) {
    const group = groupOf(region, input.AutoScalingGroupName);
    const { page, ...next } = pageOf(attachmentsOf(region, group), input, 100);
    return {
      LoadBalancerTargetGroups: page.map(({ arn, state }) => ({
        LoadBalancerTargetGroupARN: arn,
        State: state,
      })),
      ...next,
    };
  },
};

/** However they were attached. */
export const describeTrafficSources: Action<
  DescribeTrafficSourcesCommandInput,
  Omit<DescribeTrafficSourcesCommandOutput, '$metadata'>
> = {
  requires: onEverything('DescribeTrafficSources'),
  run(input, region) {
    const group = groupOf(region, input.AutoScalingGroupName);
    const all = (input.TrafficSourceType ?? 'elbv2') === 'elbv2' ? attachmentsOf(region, group) : [];
    const { page, ...next } = pageOf(all, input, 50);
    return {
      TrafficSources: page.map(({ arn, state }) => ({
        TrafficSource: arn,
        Identifier: arn,
        Type: 'elbv2',
        State: state,
      })),
      ...next,
    };
  },
};
