/** Fills load balancing's state from a description of the cloud: what was there before the first call. */
import type { Region } from '../service';
import { requireTargetGroup } from './errors';
import {
  defaultAttributes,
  defaultHealthCheck,
  type ElasticLoadBalancingState,
  type HealthCheck,
  type Listener,
  type LoadBalancer,
  type TargetGroup,
} from './state';

export interface TargetGroupSeed {
  readonly name: string;
  readonly arn?: string | undefined;
  readonly port?: number | undefined;
  readonly vpcId?: string | undefined;
  /** What differs from AWS's defaults. */
  readonly healthCheck?: Partial<HealthCheck> | undefined;
  readonly deregistrationDelaySeconds?: number | undefined;
  readonly slowStartSeconds?: number | undefined;
  readonly tags?: Record<string, string> | undefined;
  /** A load balancer of the group's name, with a listener that forwards to it, unless told `false`. */
  readonly inUse?: boolean | undefined;
  /** Zones that this load balancer has enabled; every one unless told. */
  readonly zones?: readonly string[] | undefined;
}

export interface ElasticLoadBalancingSeed {
  addTargetGroup(seed: TargetGroupSeed): TargetGroup;
  /** The instance has been registered and healthy for an hour; it must exist in EC2. */
  addHealthyTarget(targetGroupArn: string, instanceId: string): void;
  /** Versions of the application that never answer a health check. */
  setBrokenSoftware(versions: readonly string[]): void;
}

const anHourMs = 3_600_000;

/** Load balancing's own ids have 16 hexadecimal digits. */
const newId = (region: Region): string => region.newId('x').slice(2);

const addLoadBalancer = (
  region: Region,
  state: ElasticLoadBalancingState,
  group: TargetGroup,
  zones: readonly string[] | undefined,
): LoadBalancer => {
  const path = `app/${group.name}/${newId(region)}`;
  const balancer: LoadBalancer = {
    arn: region.arn('elasticloadbalancing', `loadbalancer/${path}`),
    name: group.name,
    dnsName: `${group.name}.${region.name}.elb.amazonaws.com`,
    createdAt: region.now() - anHourMs,
    vpcId: group.vpcId,
    scheme: 'internet-facing',
    tags: {},
    ...(zones && { zones: zones.map((zone) => ({ zone })) }),
  };
  const listener: Listener = {
    arn: region.arn('elasticloadbalancing', `listener/${path}/${newId(region)}`),
    loadBalancerArn: balancer.arn,
    port: 80,
    protocol: 'HTTP',
  };
  const ruleArn = `${listener.arn.replace(':listener/', ':listener-rule/')}/${newId(region)}`;
  state.loadBalancers[balancer.arn] = balancer;
  state.listeners[listener.arn] = listener;
  state.rules[ruleArn] = {
    arn: ruleArn,
    listenerArn: listener.arn,
    priority: 'default',
    actions: [{ type: 'forward', targetGroupArn: group.arn }],
  };
  return balancer;
};

const targetGroupOf = (region: Region, seed: TargetGroupSeed): TargetGroup => ({
  arn: seed.arn ?? region.arn('elasticloadbalancing', `targetgroup/${seed.name}/${newId(region)}`),
  name: seed.name,
  protocol: 'HTTP',
  port: seed.port ?? 80,
  vpcId: seed.vpcId ?? Object.keys(region.service('ec2').state.vpcs)[0] ?? 'vpc-00000000',
  healthCheck: { ...defaultHealthCheck, ...seed.healthCheck },
  attributes: {
    ...defaultAttributes,
    ...(seed.deregistrationDelaySeconds !== undefined && {
      'deregistration_delay.timeout_seconds': String(seed.deregistrationDelaySeconds),
    }),
    ...(seed.slowStartSeconds !== undefined && {
      'slow_start.duration_seconds': String(seed.slowStartSeconds),
    }),
  },
  loadBalancerArns: [],
  tags: { ...seed.tags },
  targets: {},
});

export const makeSeed = (
  region: Region,
  state: () => ElasticLoadBalancingState,
): ElasticLoadBalancingSeed => ({
  addTargetGroup(seed) {
    const group = targetGroupOf(region, seed);
    state().targetGroups[group.arn] = group;
    if (seed.inUse ?? true) {
      group.loadBalancerArns.push(addLoadBalancer(region, state(), group, seed.zones).arn);
    }
    return group;
  },
  addHealthyTarget(targetGroupArn, instanceId) {
    const group = requireTargetGroup(state(), targetGroupArn);
    const since = region.now() - anHourMs;
    const bootedAt = region.service('ec2').instance(instanceId)?.bootedAt ?? since;
    group.targets[instanceId] = {
      id: instanceId,
      port: group.port,
      registeredAt: since,
      state: 'healthy',
      since,
      plan: 0,
    };
    state().applications[instanceId] = { bootedAt, upAt: Math.min(bootedAt, since) };
    (state().registrations[instanceId] ??= []).push(targetGroupArn);
  },
  setBrokenSoftware(versions) {
    state().brokenSoftware = [...versions];
  },
});
