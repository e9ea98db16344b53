import type { Troubles } from '../cloud/troubles';
import { inventedRevision, sourceKey } from '../ssm/commands/sources';
import type { Region } from '../core/service';
import { setQuotas } from '../servicequotas/set';
import { addAlarms } from './alarms';
import { addDescribedGroup, type VersionTags } from './groups';
import { addLoadBalancers, named } from './loadBalancers';
import { addNetwork, regionOf } from './network';
import { ms } from './options';
import { type CloudDescription, cloudSchema } from './schema';
import { troublesOf } from './troubles';
import { addUnhealthy } from './unhealthy';

/** The parts of a cloud that a description fills. */
export interface Describable {
  region(name: string): Region;
  besetWith(troubles: Troubles): void;
}

/**
 * A description with its defaults, from parsed YAML. An empty one gives an empty cloud in one region.
 * @throws ZodError
 */
export const parseDescription = (description: unknown): CloudDescription =>
  cloudSchema.parse(description ?? {});

/** A group that names no target group has one with its own name. */
const targetGroupNames = (name: string, group: CloudDescription['groups'][string]): readonly string[] =>
  group.targetGroups ?? [name];

const defaultTargetGroup = cloudSchema.shape.targetGroups.unwrap().valueType.parse({});

/** Adds the target groups. @returns their ARNs by name */
const addTargetGroups = (region: Region, cloud: CloudDescription): Map<string, string> => {
  const described = Object.entries(cloud.targetGroups).filter(
    ([, one]) => regionOf(cloud, one) === region.name,
  );
  const implied = Object.entries(cloud.groups)
    .filter(([, group]) => regionOf(cloud, group) === region.name && group.targetGroups === undefined)
    .filter(([name]) => !(name in cloud.targetGroups))
    .map(([name]) => [name.slice(0, 32), defaultTargetGroup] as const);
  return new Map(
    [...described, ...implied].map(([name, one]) => {
      const { arn } = region.service('elasticloadbalancing').addTargetGroup({
        name,
        inUse: !named(cloud).has(name),
        port: one.port,
        deregistrationDelaySeconds: ms(one.deregistrationDelay) / 1_000,
        healthCheck: {
          path: one.healthCheck.path,
          intervalSeconds: ms(one.healthCheck.interval) / 1_000,
          healthyThreshold: one.healthCheck.healthyThreshold,
          unhealthyThreshold: one.healthCheck.unhealthyThreshold,
        },
      });
      return [name, arn];
    }),
  );
};

const addFailures = (
  region: Region,
  cloud: CloudDescription,
  members: ReadonlyMap<string, readonly string[]>,
): void => {
  const ec2 = region.service('ec2');
  for (const limit of cloud.capacity.filter((one) => regionOf(cloud, one) === region.name)) {
    const { zone, instanceType, remaining, from, until } = limit;
    ec2.addCapacityLimit({
      remaining,
      ...(from !== undefined && { from: region.now() + ms(from) }),
      ...(until !== undefined && { until: region.now() + ms(until) }),
      ...(zone !== undefined && { zone }),
      ...(instanceType !== undefined && { instanceType }),
    });
  }
  for (const { takes, nameContains, failure, times } of cloud.images)
    ec2.addImageOutcome({
      ...(nameContains !== undefined && { nameContains }),
      ...(failure !== undefined && { failure }),
      ...(times !== undefined && { times }),
      ...(takes !== undefined && { durationMs: ms(takes) }),
    });
  const { failures } = region.service('ssm').state;
  for (const {
    instance,
    after,
    version,
    times,
    output,
    errorOutput,
    hangs,
    exitCode,
  } of cloud.provisioningFailures) {
    const instanceId = instance && members.get(instance.group)?.[instance.index];
    // The instance belongs to a group of another region.
    if (instance && instanceId === undefined) continue;
    failures.push({
      exitCode,
      ...(instanceId !== undefined && { instanceId }),
      ...(version !== undefined && { version }),
      ...(times !== undefined && { times }),
      ...(output !== undefined && { output }),
      ...(errorOutput !== undefined && { errorOutput }),
      ...(after !== undefined && { durationMs: ms(after) }),
      ...(hangs !== undefined && { hangs }),
    });
  }
  addPushes(region, cloud);
  region.service('elasticloadbalancing').setBrokenSoftware(cloud.brokenVersions);
};

const addPushes = (region: Region, { pushes }: CloudDescription): void => {
  const { state } = region.service('ssm');
  const sources = (state.sources ??= {});
  pushes.forEach(({ source, in: delay, ...push }, index) => {
    const ref = source.startsWith('s3://') ? '' : push.ref;
    const key = sourceKey(source, ref);
    const pushed = { from: region.now() + ms(delay), revision: inventedRevision(source, ref, index + 1) };
    sources[key] = [...(sources[key] ?? []), pushed].sort((a, b) => a.from - b.from);
  });
};

const fill = (region: Region, cloud: CloudDescription, versionTags: VersionTags): void => {
  addNetwork(region, cloud);
  const targetGroups = addTargetGroups(region, cloud);
  addLoadBalancers(region, cloud, targetGroups);
  const members = new Map<string, readonly string[]>();
  for (const [name, group] of Object.entries(cloud.groups)) {
    if (regionOf(cloud, group) !== region.name) continue;
    const arns = targetGroupNames(name, group).map((target) => targetGroups.get(target.slice(0, 32)) ?? '');
    members.set(name, addDescribedGroup(region, name, group, arns, versionTags));
    addUnhealthy(region, name, group);
  }
  addFailures(region, cloud, members);
  setQuotas(region, cloud.quotas);
  if (cloud.ebsDefaultKey !== undefined) region.service('ec2').state.ebsDefaultKey = cloud.ebsDefaultKey;
  for (const failure of cloud.stackFailures) region.service('cloudformation').fail(failure);
  addAlarms(region, cloud);
};

export interface PopulateOptions {
  /** The tag whose value is the version that an image or instance holds; if undefined, they have no such tag. */
  readonly versionTag?: string;
}

/** Fills the services of a new cloud; its regions must be those of the description (see `cloudOptions`). */
export const populate = (
  cloud: Describable,
  description: CloudDescription,
  { versionTag }: PopulateOptions = {},
): void => {
  const versionTags: VersionTags = (version) => (versionTag === undefined ? {} : { [versionTag]: version });
  for (const name of description.regions) fill(cloud.region(name), description, versionTags);
  const [home = ''] = description.regions;
  cloud.besetWith(troublesOf(description, cloud.region(home).now()));
};
