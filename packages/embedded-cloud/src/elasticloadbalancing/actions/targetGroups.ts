import type {
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  TargetGroup as ApiTargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { requireTargetGroup } from '../errors';
import { pageOf } from '../paging';
import { onEverything } from '../requirements';
import type { ElasticLoadBalancingState, TargetGroup } from '../state';

export const output = (group: TargetGroup): ApiTargetGroup =>
  group.targetType === 'lambda' ? lambdaOutput(group) : instanceOutput(group);

/** It has neither port nor network. Health checks are disabled by default. */
const lambdaOutput = (group: TargetGroup): ApiTargetGroup => ({
  TargetGroupArn: group.arn,
  TargetGroupName: group.name,
  TargetType: 'lambda',
  IpAddressType: 'ipv4',
  HealthCheckEnabled: false,
  LoadBalancerArns: [...group.loadBalancerArns],
});

const instanceOutput = (group: TargetGroup): ApiTargetGroup => ({
  TargetGroupArn: group.arn,
  TargetGroupName: group.name,
  Protocol: group.protocol as NonNullable<ApiTargetGroup['Protocol']>,
  ProtocolVersion: 'HTTP1',
  Port: group.port,
  VpcId: group.vpcId,
  TargetType: 'instance',
  IpAddressType: 'ipv4',
  HealthCheckEnabled: true,
  HealthCheckProtocol: group.healthCheck.protocol as NonNullable<ApiTargetGroup['HealthCheckProtocol']>,
  HealthCheckPort: group.healthCheck.port,
  HealthCheckPath: group.healthCheck.path,
  HealthCheckIntervalSeconds: group.healthCheck.intervalSeconds,
  HealthCheckTimeoutSeconds: group.healthCheck.timeoutSeconds,
  HealthyThresholdCount: group.healthCheck.healthyThreshold,
  UnhealthyThresholdCount: group.healthCheck.unhealthyThreshold,
  Matcher: { HttpCode: group.healthCheck.matcher },
  LoadBalancerArns: [...group.loadBalancerArns],
});

const asked = (state: ElasticLoadBalancingState, input: DescribeTargetGroupsInput): TargetGroup[] => {
  const groups = Object.values(state.targetGroups);
  const { TargetGroupArns: arns = [], Names: names = [], LoadBalancerArn: balancer } = input;
  if (arns.length > 0) return arns.map((arn) => requireTargetGroup(state, arn));
  if (balancer !== undefined) return groups.filter((group) => group.loadBalancerArns.includes(balancer));
  if (names.length === 0) return groups;
  const found = groups.filter((group) => names.includes(group.name));
  if (found.length < new Set(names).size) {
    throw new AwsError('TargetGroupNotFound', 'One or more target groups not found');
  }
  return found;
};

export const describeTargetGroups: Action<DescribeTargetGroupsInput, DescribeTargetGroupsOutput> = {
  requires: onEverything('DescribeTargetGroups'),
  run(input, region) {
    const groups = asked(region.service('elasticloadbalancing').state, input);
    const { items, nextMarker } = pageOf(groups, input);
    return { TargetGroups: items.map(output), NextMarker: nextMarker };
  },
};

export const describeTargetGroupAttributes: Action<
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput
> = {
  requires: onEverything('DescribeTargetGroupAttributes'),
  run(input, region) {
    const group = requireTargetGroup(region.service('elasticloadbalancing').state, input.TargetGroupArn);
    return { Attributes: Object.entries(group.attributes).map(([Key, Value]) => ({ Key, Value })) };
  },
};
