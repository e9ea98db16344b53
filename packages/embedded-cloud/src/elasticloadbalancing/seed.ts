/** Fills load balancing's state from a description of the cloud: the resources that exist before the first call. */
import type { Region } from '../core/service';
import { requireTargetGroup } from './errors';
import {
  defaultAttributes,
  defaultHealthCheck,
  type Condition,
  type ElasticLoadBalancingState,
  type HealthCheck,
  type Listener,
  type LoadBalancer,
  type Rule,
  type TargetGroup,
} from './state';

export interface TargetGroupSeed {
  readonly name: string;
  readonly arn?: string | undefined;
  readonly port?: number | undefined;
  readonly vpcId?: string | undefined;
  /** Settings that differ from AWS's defaults. */
  readonly healthCheck?: Partial<HealthCheck> | undefined;
  readonly deregistrationDelaySeconds?: number | undefined;
  readonly slowStartSeconds?: number | undefined;
  readonly tags?: Record<string, string> | undefined;
  /**
   * By default the group has a load balancer of its name, with a listener that forwards to it. With `false` it has
   * none.
   */
  readonly inUse?: boolean | undefined;
  /** Zones that this load balancer has enabled; every one by default. */
  readonly zones?: readonly string[] | undefined;
}

export interface LoadBalancerSeed {
  readonly name: string;
  readonly listeners: readonly {
    readonly port: number;
    readonly protocol: string;
    /** Target group of the default rule. Without one the rule responds with 404. */
    readonly targetGroupArn?: string | undefined;
    readonly rules?:
      | readonly {
          readonly priority: number;
          readonly conditions: readonly Condition[];
          readonly targetGroupArn: string;
        }[]
      | undefined;
  }[];
  readonly zones?: readonly string[] | undefined;
}

export interface ElasticLoadBalancingSeed {
  addLoadBalancer(seed: LoadBalancerSeed): LoadBalancer;
  addTargetGroup(seed: TargetGroupSeed): TargetGroup;
  /** The instance has been registered and healthy for an hour; it must exist in EC2. */
  addHealthyTarget(targetGroupArn: string, instanceId: string): void;
  /** Software versions that never answer a health check. */
  setBrokenSoftware(versions: readonly string[]): void;
}

const anHourMs = 3_600_000;

/** Ids of load balancing have 16 hexadecimal digits. */
const newId = (region: Region): string => region.newId('x').slice(2);

const addRule = (
  region: Region,
  state: ElasticLoadBalancingState,
  listener: Listener,
  rule: Pick<Rule, 'priority' | 'conditions' | 'actions'>,
): void => {
  const arn = `${listener.arn.replace(':listener/', ':listener-rule/')}/${newId(region)}`;
  state.rules[arn] = { arn, listenerArn: listener.arn, ...rule };
  for (const { targetGroupArn = '' } of rule.actions) {
    const group = state.targetGroups[targetGroupArn];
    if (group && !group.loadBalancerArns.includes(listener.loadBalancerArn))
      group.loadBalancerArns.push(listener.loadBalancerArn);
  }
};

const addListener = (
  region: Region,
  state: ElasticLoadBalancingState,
  balancer: LoadBalancer,
  path: string,
  { port, protocol, targetGroupArn, rules = [] }: LoadBalancerSeed['listeners'][number],
): void => {
  const listener: Listener = {
    arn: region.arn('elasticloadbalancing', `listener/${path}/${newId(region)}`),
    loadBalancerArn: balancer.arn,
    port,
    protocol,
  };
  state.listeners[listener.arn] = listener;
  addRule(region, state, listener, {
    priority: 'default',
    actions:
      targetGroupArn === undefined
        ? [{ type: 'fixed-response', fixedResponse: { statusCode: '404' } }]
        : [{ type: 'forward', targetGroupArn }],
  });
  for (const { priority, conditions, targetGroupArn: to } of rules)
    addRule(region, state, listener, {
      priority: String(priority),
      conditions,
      actions: [{ type: 'forward', targetGroupArn: to }],
    });
};

const addLoadBalancer = (
  region: Region,
  state: ElasticLoadBalancingState,
  { name, listeners, zones }: LoadBalancerSeed,
): LoadBalancer => {
  const path = `app/${name}/${newId(region)}`;
  const balancer: LoadBalancer = {
    arn: region.arn('elasticloadbalancing', `loadbalancer/${path}`),
    name,
    dnsName: `${name}.${region.name}.elb.amazonaws.com`,
    createdAt: region.now() - anHourMs,
    vpcId: Object.keys(region.service('ec2').state.vpcs)[0] ?? 'vpc-00000000',
    scheme: 'internet-facing',
    tags: {},
    ...(zones && { zones: zones.map((zone) => ({ zone })) }),
  };
  state.loadBalancers[balancer.arn] = balancer;
  for (const listener of listeners) addListener(region, state, balancer, path, listener);
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
  addLoadBalancer: (seed) => addLoadBalancer(region, state(), seed),
  addTargetGroup(seed) {
    const group = targetGroupOf(region, seed);
    state().targetGroups[group.arn] = group;
    if (seed.inUse ?? true)
      addLoadBalancer(region, state(), {
        name: group.name,
        listeners: [{ port: 80, protocol: 'HTTP', targetGroupArn: group.arn }],
        zones: seed.zones,
      });
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
