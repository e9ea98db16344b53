import type {
  DescribeListenersInput,
  DescribeListenersOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  DescribeRulesInput,
  DescribeRulesOutput,
  Listener as ApiListener,
  LoadBalancer as ApiLoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { picked, validationError } from '../errors';
import { pageOf } from '../paging';
import { onEverything } from '../requirements';
import { actionOutput, ruleOutput } from '../rules';
import type { ElasticLoadBalancingState, Listener, LoadBalancer, Rule } from '../state';

const balancerOutput = (balancer: LoadBalancer): ApiLoadBalancer => ({
  LoadBalancerArn: balancer.arn,
  LoadBalancerName: balancer.name,
  DNSName: balancer.dnsName,
  CreatedTime: new Date(balancer.createdAt),
  VpcId: balancer.vpcId,
  Scheme: balancer.scheme,
  State: { Code: 'active' },
  Type: 'application',
  IpAddressType: 'ipv4',
  AvailabilityZones: (balancer.zones ?? []).map(({ zone, subnetId }) => ({
    ZoneName: zone,
    ...(subnetId !== undefined && { SubnetId: subnetId }),
  })),
});

const askedBalancers = (state: ElasticLoadBalancingState, input: DescribeLoadBalancersInput) => {
  const { LoadBalancerArns: arns = [], Names: names = [] } = input;
  if (arns.length > 0) return picked(state.loadBalancers, arns, 'LoadBalancerNotFound');
  const all = Object.values(state.loadBalancers);
  if (names.length === 0) return all;
  const found = all.filter(({ name }) => names.includes(name));
  if (found.length < new Set(names).size) {
    throw new AwsError('LoadBalancerNotFound', 'One or more load balancers not found');
  }
  return found;
};

export const describeLoadBalancers: Action<DescribeLoadBalancersInput, DescribeLoadBalancersOutput> = {
  requires: onEverything('DescribeLoadBalancers'),
  run(input, region) {
    const balancers = askedBalancers(region.service('elasticloadbalancing').state, input);
    const { items, nextMarker } = pageOf(balancers, input);
    return { LoadBalancers: items.map(balancerOutput), NextMarker: nextMarker };
  },
};

const defaultRule = (state: ElasticLoadBalancingState, listenerArn: string): Rule | undefined =>
  Object.values(state.rules).find((rule) => rule.listenerArn === listenerArn && rule.priority === 'default');

const listenerOutput = (state: ElasticLoadBalancingState, listener: Listener): ApiListener => ({
  ListenerArn: listener.arn,
  LoadBalancerArn: listener.loadBalancerArn,
  Port: listener.port,
  Protocol: listener.protocol as NonNullable<ApiListener['Protocol']>,
  DefaultActions: (defaultRule(state, listener.arn)?.actions ?? []).map(actionOutput),
});

export const describeListeners: Action<DescribeListenersInput, DescribeListenersOutput> = {
  requires: onEverything('DescribeListeners'),
  run(input, region) {
    const { state } = region.service('elasticloadbalancing');
    const { ListenerArns: arns = [], LoadBalancerArn: balancer } = input;
    if (arns.length === 0 && balancer === undefined) {
      throw validationError('You must specify either listener ARNs or a load balancer ARN');
    }
    if (balancer !== undefined) picked(state.loadBalancers, [balancer], 'LoadBalancerNotFound');
    const found =
      arns.length > 0
        ? picked(state.listeners, arns, 'ListenerNotFound')
        : Object.values(state.listeners).filter(({ loadBalancerArn }) => loadBalancerArn === balancer);
    const { items, nextMarker } = pageOf(found, input);
    return { Listeners: items.map((listener) => listenerOutput(state, listener)), NextMarker: nextMarker };
  },
};

export const describeRules: Action<DescribeRulesInput, DescribeRulesOutput> = {
  requires: onEverything('DescribeRules'),
  run(input, region) {
    const { state } = region.service('elasticloadbalancing');
    const { RuleArns: arns = [], ListenerArn: listener } = input;
    if (arns.length === 0 && listener === undefined) {
      throw validationError('You must specify either rule ARNs or a listener ARN');
    }
    if (listener !== undefined) picked(state.listeners, [listener], 'ListenerNotFound');
    const found =
      arns.length > 0
        ? picked(state.rules, arns, 'RuleNotFound')
        : Object.values(state.rules).filter(({ listenerArn }) => listenerArn === listener);
    const { items, nextMarker } = pageOf(found, input);
    return { Rules: items.map(ruleOutput), NextMarker: nextMarker };
  },
};
