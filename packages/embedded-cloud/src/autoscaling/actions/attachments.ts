import type {
  AttachLoadBalancersCommandInput,
  AttachLoadBalancerTargetGroupsCommandInput,
  AttachTrafficSourcesCommandInput,
  DescribeLoadBalancerTargetGroupsCommandInput,
  DescribeLoadBalancerTargetGroupsCommandOutput,
  DescribeTrafficSourcesCommandInput,
  DescribeTrafficSourcesCommandOutput,
  DetachLoadBalancersCommandInput,
  DetachLoadBalancerTargetGroupsCommandInput,
  DetachTrafficSourcesCommandInput,
} from '@aws-sdk/client-auto-scaling';
import type { Action } from '../../core/service';
import { attach, attachedAs, attachmentsOf, detach, sourcesIn } from '../attachments';
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
    const { arns, others } = sourcesIn(input.TrafficSources);
    const added = arns.filter((arn) => !group.targetGroupArns.includes(arn));
    attach(region, group, arns);
    group.trafficSources = [...(group.trafficSources ?? []), ...added];
    if (others.length > 0) group.otherSources = [...(group.otherSources ?? []), ...others];
    return {};
  },
};

export const detachTrafficSources: Action<DetachTrafficSourcesCommandInput, object> = {
  requires: onGroup('DetachTrafficSources'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const { arns, others } = sourcesIn(input.TrafficSources);
    detach(region, group, arns);
    group.otherSources = (group.otherSources ?? []).filter(
      (source) => !others.some(({ identifier }) => identifier === source.identifier),
    );
    return {};
  },
};

/** Classic load balancers are not modelled: the group shows their names, and nothing is registered with them. */
export const attachLoadBalancers: Action<AttachLoadBalancersCommandInput, object> = {
  requires: onGroup('AttachLoadBalancers'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    group.classicLoadBalancers = [
      ...new Set([...(group.classicLoadBalancers ?? []), ...(input.LoadBalancerNames ?? [])]),
    ];
    return {};
  },
};

export const detachLoadBalancers: Action<DetachLoadBalancersCommandInput, object> = {
  requires: onGroup('DetachLoadBalancers'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const names = input.LoadBalancerNames ?? [];
    const attached = group.classicLoadBalancers ?? [];
    const other = names.filter((name) => !attached.includes(name));
    if (other.length > 0)
      throw invalid(`Trying to remove Load Balancers that are not part of the group: ${other.join(', ')}`);
    group.classicLoadBalancers = attached.filter((name) => !names.includes(name));
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
    const { TrafficSourceType: wanted } = input;
    const all = [
      ...attachmentsOf(region, group).map(({ arn, state }) => ({ identifier: arn, type: 'elbv2', state })),
      ...(group.otherSources ?? []).map((source) => ({ ...source, state: 'Added' })),
    ].filter(({ type }) => wanted === undefined || type === wanted);
    const { page, ...next } = pageOf(all, input, 50);
    return {
      TrafficSources: page.map(({ identifier, type, state }) => ({
        TrafficSource: identifier,
        Identifier: identifier,
        Type: type,
        State: state,
      })),
      ...next,
    };
  },
};
