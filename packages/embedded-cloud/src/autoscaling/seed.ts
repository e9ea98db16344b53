/** Groups and members that exist from the beginning: for the cloud's description, and for tests. */
import type { MixedInstancesPolicy } from '@aws-sdk/client-auto-scaling';
import type { Region } from '../core/service';
import { configurationOf } from './launchConfigurations';
import { ec2Of, loadBalancingOf, stateOf } from './otherServices';
import { groupArn } from './requirements';
import { choicesOf, sourceFrom } from './source';
import type {
  Group,
  GroupTag,
  LaunchSource,
  LifecycleHook,
  Member,
  TemplateReference,
  WarmPool,
} from './state';

interface NewGroup {
  readonly name: string;
  readonly minSize: number;
  readonly maxSize: number;
  readonly desired: number;
  readonly zones: readonly string[];
  readonly launch: LaunchSource;
}

/** A group with AWS's defaults; it is not added to the state yet. */
export const newGroup = (region: Region, { zones, ...given }: NewGroup): Group => ({
  ...given,
  arn: groupArn(region, given.name, region.newId()),
  createdAt: region.now(),
  defaultCooldownSeconds: 300,
  zones: [...zones],
  subnets: {},
  targetGroupArns: [],
  healthCheckType: 'EC2',
  gracePeriodSeconds: 0,
  terminationPolicies: ['Default'],
  suspended: {},
  instances: {},
  newInstancesProtected: false,
  tags: [],
  hooks: {},
  enabledMetrics: [],
  launchFailures: 0,
});

export interface GroupSeed {
  readonly name: string;
  readonly minSize: number;
  readonly maxSize: number;
  readonly desired: number;
  readonly zones: readonly string[];
  /** By zone. */
  readonly subnets?: Readonly<Record<string, string>>;
  /** Template by id or name, with a version in digits, `$Latest` or `$Default`. */
  readonly launchTemplate?: { readonly template: string; readonly version: string };
  readonly mixedInstancesPolicy?: MixedInstancesPolicy;
  /** By its name, instead of both. */
  readonly launchConfiguration?: string;
  readonly targetGroupArns?: readonly string[];
  readonly healthCheckType?: string;
  readonly gracePeriodSeconds?: number;
  readonly defaultCooldownSeconds?: number;
  readonly defaultWarmupSeconds?: number;
  readonly maintenance?: { readonly min: number; readonly max: number };
  readonly terminationPolicies?: readonly string[];
  /** Names of processes. */
  readonly suspended?: readonly string[];
  readonly newInstancesProtected?: boolean;
  readonly tags?: readonly GroupTag[];
  readonly hooks?: readonly LifecycleHook[];
  readonly warmPool?: WarmPool;
  readonly operator?: string;
}

const launchOf = (region: Region, seed: GroupSeed): LaunchSource => {
  const template = seed.launchTemplate;
  if (seed.launchConfiguration !== undefined)
    return { launchConfiguration: configurationOf(region, seed.launchConfiguration).name };
  const source = sourceFrom(region, {
    MixedInstancesPolicy: seed.mixedInstancesPolicy,
    LaunchTemplate: template && {
      [template.template.startsWith('lt-') ? 'LaunchTemplateId' : 'LaunchTemplateName']: template.template,
      Version: template.version,
    },
  });
  if (!source)
    throw new Error(`Group ${seed.name} has neither a launch template nor a mixed instances policy.`);
  return source;
};

/**
 * Adds a group without instances; {@link addInService} adds those.
 * @throws AwsError if the launch template does not exist in EC2
 */
export const addGroup = (region: Region, seed: GroupSeed): Group => {
  const { name, minSize, maxSize, desired, zones } = seed;
  const group = newGroup(region, { name, minSize, maxSize, desired, zones, launch: launchOf(region, seed) });
  group.subnets = { ...seed.subnets };
  group.targetGroupArns = [...(seed.targetGroupArns ?? [])];
  group.healthCheckType = seed.healthCheckType ?? group.healthCheckType;
  group.gracePeriodSeconds = seed.gracePeriodSeconds ?? group.gracePeriodSeconds;
  group.defaultCooldownSeconds = seed.defaultCooldownSeconds ?? group.defaultCooldownSeconds;
  if (seed.defaultWarmupSeconds !== undefined) group.defaultWarmupSeconds = seed.defaultWarmupSeconds;
  if (seed.maintenance) group.maintenance = seed.maintenance;
  group.terminationPolicies = [...(seed.terminationPolicies ?? group.terminationPolicies)];
  group.suspended = Object.fromEntries((seed.suspended ?? []).map((process) => [process, 'User suspended']));
  group.newInstancesProtected = seed.newInstancesProtected ?? false;
  group.tags = [...(seed.tags ?? [])];
  group.hooks = Object.fromEntries((seed.hooks ?? []).map((hook) => [hook.name, hook]));
  if (seed.warmPool) group.warmPool = seed.warmPool;
  if (seed.operator !== undefined) group.operator = seed.operator;
  stateOf(region).groups[name] = group;
  return group;
};

/**
 * Makes a running EC2 instance a member that has been in service for a day. `lifecycle` puts it into standby or the
 * warm pool instead. The load balancer's own seed registers it with the group's target groups, or `register` does so
 * here.
 */
export const addInService = (
  region: Region,
  groupName: string,
  instanceId: string,
  options: {
    readonly template?: TemplateReference;
    readonly protected?: boolean;
    readonly lifecycle?: 'InService' | 'Standby' | 'Warmed:Running';
    readonly register?: boolean;
    readonly launchedAt?: number;
  } = {},
): Member => {
  const group = stateOf(region).groups[groupName];
  const instance = ec2Of(region).instance(instanceId);
  if (!group || !instance) throw new Error(`There is no group ${groupName} or no instance ${instanceId}.`);
  const launchedAt = options.launchedAt ?? region.now() - 86_400_000;
  const choice = choicesOf(region, group.launch)[0];
  const template = choice?.configuration === undefined ? (options.template ?? choice?.template) : undefined;
  const member: Member = {
    id: instanceId,
    zone: instance.zone,
    type: instance.instanceType,
    imageId: instance.imageId,
    ...(template ? { template } : {}),
    ...(choice?.configuration !== undefined && { launchConfiguration: choice.configuration }),
    launchedAt,
    inServiceAt: launchedAt,
    lifecycle: options.lifecycle ?? 'InService',
    health: 'Healthy',
    protected: options.protected ?? group.newInstancesProtected,
    unhealthyIn: [],
  };
  group.instances[instanceId] = member;
  stateOf(region).members[instanceId] = groupName;
  if (options.register === true) {
    for (const arn of group.targetGroupArns) loadBalancingOf(region).register(arn, instanceId);
  }
  return member;
};
