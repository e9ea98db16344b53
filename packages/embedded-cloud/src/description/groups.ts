import type { MixedInstancesPolicy } from '@aws-sdk/client-auto-scaling';
import { putConfiguration } from '../autoscaling/launchConfigurations';
import { addScheduledAction } from '../autoscaling/scaling/scheduled';
import { addGroup, addInService } from '../autoscaling/seed';
import { resolveImage } from '../ec2/imageParameter';
import { findTemplate } from '../ec2/launchTemplates';
import type { Region } from '../core/service';
import { addImageParameter } from './imageParameter';
import { subnetsOf } from './network';
import { ms } from './options';
import type { GroupDescription } from './schema';
import { plannedInstances, type PlannedInstance, zonesOf } from './spread';

const seconds = (text: string): number => Math.round(ms(text) / 1_000);

/** The number of the launch template version that the running instances come from. It is the latest version. */
const launchedFrom = ({ launchTemplate: { reference } }: GroupDescription): number =>
  typeof reference === 'number' ? reference : 1;

/** Every region has a security group `default`. */
const securityGroupIds = (
  region: Region,
  { securityGroups: names = ['default'] }: GroupDescription,
): string[] =>
  Object.values(region.service('ec2').state.securityGroups)
    .filter(({ name }) => names.includes(name))
    .map(({ id }) => id);

/** The tags of an image or instance that holds a version of the application. */
export type VersionTags = (version: string) => Readonly<Record<string, string>>;

interface Source {
  readonly templateId: string;
  readonly imageId: string;
}

/** The launch template of another group that was added before. */
const sharedTemplate = (region: Region, name: string, group: GroupDescription): Source | undefined => {
  const { state } = region.service('ec2');
  const template = findTemplate(state, name);
  if (!template) return undefined;
  const image = template.versions[launchedFrom(group)]?.data.ImageId;
  return { templateId: template.id, imageId: resolveImage(region, image) ?? '' };
};

/** Adds the group's launch template, and an image that holds the group's version. */
const addTemplate = (
  region: Region,
  name: string,
  group: GroupDescription,
  versionTags: VersionTags,
): Source => {
  const ec2 = region.service('ec2');
  const { launchTemplate: described, version } = group;
  const shared = sharedTemplate(region, described.name ?? name, group);
  if (shared) return shared;
  const image = ec2.addImage({
    name: `${name}-${version ?? 'base'}`,
    architecture: described.architecture,
    ...(version !== undefined && { software: version, tags: versionTags(version) }),
  });
  if (described.imageParameter !== undefined) addImageParameter(region, described.imageParameter, image.id);
  const data = {
    ImageId: described.imageParameter ?? image.id,
    InstanceType: described.instanceType as 'm5.large',
    // Without an instance profile the SSM agent could not connect.
    IamInstanceProfile: { Arn: `arn:aws:iam::${region.account}:instance-profile/${name}` },
    SecurityGroupIds: securityGroupIds(region, group),
    TagSpecifications: [{ ResourceType: 'instance' as const, Tags: [{ Key: 'Name', Value: name }] }],
  };
  const numbers = launchedFrom(group);
  const template = ec2.addLaunchTemplate({
    name: described.name ?? name,
    versions: Array.from({ length: numbers }, () => ({ data })),
    defaultVersion: numbers,
  });
  return { templateId: template.id, imageId: image.id };
};

const mixedPolicy = (group: GroupDescription, templateId: string): MixedInstancesPolicy | undefined =>
  group.mixedInstances && {
    LaunchTemplate: {
      LaunchTemplateSpecification: {
        LaunchTemplateId: templateId,
        Version: String(group.launchTemplate.reference),
      },
      Overrides: group.mixedInstances.instanceTypes.map((InstanceType) => ({ InstanceType })),
    },
    InstancesDistribution: {
      OnDemandBaseCapacity: group.mixedInstances.onDemandBase,
      OnDemandPercentageAboveBaseCapacity: group.mixedInstances.onDemandPercentage,
    },
  };

/** What the parts of a group are created from. */
interface Made {
  readonly name: string;
  readonly group: GroupDescription;
  readonly templateId: string;
  readonly imageId: string;
  readonly versionTags: VersionTags;
}

const tagsOf = ({ name, group, versionTags }: Made, one: PlannedInstance): Record<string, string> => ({
  Name: name,
  ...group.tags,
  ...one.tags,
  'aws:autoscaling:groupName': name,
  ...(one.version !== undefined && versionTags(one.version)),
});

const addInstance = (region: Region, made: Made, one: PlannedInstance): string => {
  const { group, templateId, imageId } = made;
  const ec2 = region.service('ec2');
  const id = region.newId('i-');
  const { dead, hangs, version: agentVersion } = one.agent ?? {};
  // The agent's behaviour is set first, since EC2 notifies Systems Manager of the instance at once.
  if (one.agent)
    region.service('ssm').state.agents[id] = {
      ...(dead !== undefined && { dead }),
      ...(hangs !== undefined && { hangs }),
      ...(agentVersion !== undefined && { version: agentVersion }),
    };
  ec2.addRunningInstance({
    id,
    imageId,
    launchTemplate: { id: templateId, version: String(launchedFrom(group)) },
    zone: one.zone,
    instanceType: one.instanceType ?? group.mixedInstances?.instanceTypes[0],
    tags: tagsOf(made, one),
    ...(one.version !== undefined && { software: one.version }),
    launchedAt: region.now() - 24 * 3_600_000,
  });
  if (one.maintenance)
    ec2.addMaintenanceEvent(id, {
      code: one.maintenance.code,
      description: 'The instance is running on degraded hardware',
      notBefore: region.now() + ms(one.maintenance.in),
    });
  if (one.diesAfter !== undefined) ec2.addDeath(id, ms(one.diesAfter));
  return id;
};

const hooksOf = (group: GroupDescription) =>
  Object.entries(group.hooks).map(([name, hook]) => ({
    name,
    transition:
      hook.on === 'launching'
        ? ('autoscaling:EC2_INSTANCE_LAUNCHING' as const)
        : ('autoscaling:EC2_INSTANCE_TERMINATING' as const),
    timeoutSeconds: seconds(hook.timeout),
    defaultResult: hook.otherwise,
    ...(hook.completes && {
      completes: { result: hook.completes.with, afterMs: ms(hook.completes.after) },
    }),
  }));

const shapeOf = (region: Region, { name, group, templateId }: Made, planned: readonly PlannedInstance[]) => {
  const desired = planned.filter(({ standby }) => !standby).length;
  const zones = zonesOf(group, region.name);
  const subnets = Object.entries(subnetsOf(region)).filter(([zone]) => zones.includes(zone));
  const mixed = mixedPolicy(group, templateId);
  return {
    name,
    desired,
    minSize: group.min ?? Math.floor(desired / 2),
    maxSize: group.max ?? Math.max(desired * 2, 2),
    zones,
    subnets: Object.fromEntries(subnets),
    ...(group.launchConfiguration !== undefined
      ? { launchConfiguration: group.launchConfiguration }
      : mixed
        ? { mixedInstancesPolicy: mixed }
        : { launchTemplate: { template: templateId, version: String(group.launchTemplate.reference) } }),
    healthCheckType: group.healthCheckType,
    gracePeriodSeconds: seconds(group.gracePeriod),
    ...(group.warmup !== undefined && { defaultWarmupSeconds: seconds(group.warmup) }),
    suspended: group.suspended,
    tags: Object.entries(group.tags).map(([key, value]) => ({ key, value, propagate: true })),
    hooks: hooksOf(group),
    ...(group.operator !== undefined && { operator: group.operator }),
    ...(group.warmPool && {
      warmPool: { minSize: group.warmPool.min, poolState: group.warmPool.state, reuseOnScaleIn: false },
    }),
  };
};

const addScheduledActions = (region: Region, name: string, group: GroupDescription): void => {
  for (const [action, { in: delay, min, max, desired }] of Object.entries(group.scheduledActions))
    addScheduledAction(region, {
      name: action,
      group: name,
      startAt: region.now() + ms(delay),
      ...(min !== undefined && { minSize: min }),
      ...(max !== undefined && { maxSize: max }),
      ...(desired !== undefined && { desired }),
    });
};

/**
 * Creates a group with its launch template and running instances, which are registered and healthy in its target
 * groups.
 * @returns the instances' ids, in the order of the description
 */
export const addDescribedGroup = (
  region: Region,
  name: string,
  group: GroupDescription,
  targetGroupArns: readonly string[],
  versionTags: VersionTags,
): string[] => {
  const { templateId, imageId } = addTemplate(region, name, group, versionTags);
  const made: Made = { name, group, templateId, imageId, versionTags };
  if (group.launchConfiguration !== undefined)
    putConfiguration(region, {
      LaunchConfigurationName: group.launchConfiguration,
      ImageId: imageId,
      InstanceType: group.launchTemplate.instanceType,
      IamInstanceProfile: `arn:aws:iam::${region.account}:instance-profile/${name}`,
      SecurityGroups: securityGroupIds(region, group),
    });
  const planned = plannedInstances(group, region.name);
  addGroup(region, { ...shapeOf(region, made, planned), targetGroupArns });
  const ids = planned.map((one) => {
    const id = addInstance(region, made, one);
    addInService(region, name, id, {
      template: {
        id: templateId,
        name: group.launchTemplate.name ?? name,
        version: String(launchedFrom(group)),
      },
      protected: one.protected,
      lifecycle: one.standby ? 'Standby' : 'InService',
      launchedAt: region.now() - 24 * 3_600_000,
    });
    if (!one.standby)
      for (const arn of targetGroupArns) region.service('elasticloadbalancing').addHealthyTarget(arn, id);
    return id;
  });
  addScheduledActions(region, name, group);
  return ids;
};
