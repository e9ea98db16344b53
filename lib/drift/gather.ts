import type { AutoScalingClient, ScalingPolicy } from '@aws-sdk/client-auto-scaling';
import { paginateDescribePolicies } from '@aws-sdk/client-auto-scaling';
import type { CloudWatchClient, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { type EC2Client, paginateDescribeLaunchTemplates } from '@aws-sdk/client-ec2';
import {
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ApplicationSettings } from '../application/schema';
import { findAlarms, type FoundAlarms } from '../aws/alarms';
import { chunks } from '../aws/chunks';
import { nameOf } from '../aws/failure';
import { tags as tagNames } from '../aws/tags';
import type { Release } from '../engine/releases';
import { describeGroups, type Group } from '../fleet/group';
import { type DescribedInstance, instancesWhere } from '../fleet/instances';
import { countedTargetGroups } from '../scaling/changes';
import { alarmOwner } from '../scaling/existing';
import { alarmName } from '../scaling/names';
import type { DriftInstance, DriftSubject } from './subject';

export interface DriftClients {
  readonly autoScaling: AutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
}

export type Applications = Readonly<Record<string, ApplicationSettings>>;

/** Everything that was read of all fleets. */
export interface AllFleets {
  readonly groups: ReadonlyMap<string, Group>;
  /** By id. */
  readonly templates: ReadonlyMap<string, NonNullable<DriftSubject['template']>>;
  readonly policies: readonly ScalingPolicy[];
  /** Under the stage's prefix. */
  readonly alarms: Pick<FoundAlarms, 'metric' | 'composite'>;
  /** By name, of alarms that no settings name. */
  readonly owners: ReadonlyMap<string, string | undefined>;
  /** ARNs of the load balancers that route to target groups whose requests are counted, by the target group's. */
  readonly balancers: ReadonlyMap<string, string | undefined>;
  /** By group. */
  readonly instances: ReadonlyMap<string, readonly DescribedInstance[]>;
}

/** EC2 takes so many values in a filter; load balancing so many ARNs. */
const maxValues = 200;
const maxArns = 20;

/** By id: the launch templates that groups use, as far as they are there. */
export const readTemplates = async (
  ec2: EC2Client,
  groups: readonly Group[],
): Promise<AllFleets['templates']> => {
  const names = [...new Set(groups.flatMap(({ launchTemplate }) => launchTemplate?.name ?? []))];
  const found = new Map<string, NonNullable<DriftSubject['template']>>();
  // By a filter: a template that is gone makes EC2 refuse a call that names it.
  for (const Values of chunks(
    names.filter((name) => name !== ''),
    maxValues,
  ))
    for await (const page of paginateDescribeLaunchTemplates(
      { client: ec2 },
      { Filters: [{ Name: 'launch-template-name', Values }] },
    ))
      for (const template of page.LaunchTemplates ?? [])
        found.set(template.LaunchTemplateId ?? '', {
          tags: Object.fromEntries((template.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
          defaultVersion: String(template.DefaultVersionNumber ?? ''),
          latestVersion: String(template.LatestVersionNumber ?? ''),
        });
  return found;
};

/** Without a group's name AWS lists the policies of all groups of the region. */
const readPolicies = async (autoScaling: AutoScalingClient): Promise<ScalingPolicy[]> => {
  const found: ScalingPolicy[] = [];
  for await (const page of paginateDescribePolicies({ client: autoScaling }, { MaxRecords: 100 }))
    found.push(...(page.ScalingPolicies ?? []));
  return found;
};

const readBalancers = async (
  elb: ElasticLoadBalancingV2Client,
  arns: readonly string[],
): Promise<AllFleets['balancers']> => {
  const found = new Map<string, string | undefined>();
  const describe = async (TargetGroupArns: string[]): Promise<void> => {
    try {
      const { TargetGroups: groups = [] } = await elb.send(
        new DescribeTargetGroupsCommand({ TargetGroupArns }),
      );
      for (const { TargetGroupArn: arn = '', LoadBalancerArns: [balancer] = [] } of groups)
        found.set(arn, balancer);
    } catch (error) {
      if (!/^TargetGroupNotFound/.test(nameOf(error))) throw error;
      // One that is gone makes AWS refuse the others with it.
      if (TargetGroupArns.length > 1) for (const arn of TargetGroupArns) await describe([arn]);
    }
  };
  for (const some of chunks([...new Set(arns)], maxArns)) await describe(some);
  return found;
};

/** Auto Scaling's own tag says whose an instance is: a thousand instances take one call, of whatever groups they are. */
const readInstances = async (
  ec2: EC2Client,
  groups: readonly string[],
): Promise<ReadonlyMap<string, readonly DescribedInstance[]>> => {
  const found = new Map<string, DescribedInstance[]>();
  for (const Values of chunks(groups, maxValues))
    for (const instance of await instancesWhere(ec2, [{ Name: 'tag:aws:autoscaling:groupName', Values }])) {
      const group = instance.tags['aws:autoscaling:groupName'] ?? '';
      found.set(group, [...(found.get(group) ?? []), instance]);
    }
  return found;
};

/** Alarms that may be an application's and that no settings name; only they are asked for their owner. */
const readOwners = async (
  cloudWatch: CloudWatchClient,
  alarms: readonly MetricAlarm[],
  applications: Applications,
  stage: string,
): Promise<AllFleets['owners']> => {
  const named = new Set(
    Object.entries(applications).flatMap(([application, { scaling }]) =>
      Object.keys(scaling.alarms).map((name) => alarmName(stage, application, name)),
    ),
  );
  const prefixes = Object.keys(applications).map((application) => alarmName(stage, application, ''));
  const unknown = alarms.filter(
    ({ AlarmName: name = '' }) => !named.has(name) && prefixes.some((prefix) => name.startsWith(prefix)),
  );
  const owners = new Map<string, string | undefined>();
  for (const { AlarmName: name = '', AlarmArn: arn = '' } of unknown)
    owners.set(name, await alarmOwner(cloudWatch, arn));
  return owners;
};

/**
 * Reads all fleets with few calls: their number depends on the pages of AWS's answers, hardly on the number of
 * applications or instances.
 */
export const readFleets = async (
  clients: DriftClients,
  stage: string,
  applications: Applications,
  releases: ReadonlyMap<string, readonly Release[]>,
): Promise<AllFleets> => {
  const all = Object.entries(applications);
  const groups = await describeGroups(
    clients.autoScaling,
    all.map(([, { group }]) => group),
  );
  // A fleet without a release has nothing that it could differ from.
  const released = all.flatMap(([application, { group: name }]) => {
    const group = groups.get(name);
    return group && (releases.get(application) ?? []).length > 0 ? [group] : [];
  });
  const counted = all.flatMap(([, { scaling, group }]) => [
    ...countedTargetGroups(scaling, groups.get(group)?.targetGroupArns[0]),
  ]);
  const [templates, policies, alarms, balancers, instances] = await Promise.all([
    readTemplates(clients.ec2, [...groups.values()]),
    readPolicies(clients.autoScaling),
    findAlarms(clients.cloudWatch, { AlarmNamePrefix: alarmName(stage, '', '').slice(0, -1) }),
    readBalancers(clients.elb, counted),
    readInstances(
      clients.ec2,
      released.filter(({ instances: members }) => members.length > 0).map(({ name }) => name),
    ),
  ]);
  const owners = await readOwners(clients.cloudWatch, alarms.metric, applications, stage);
  return { groups, templates, policies, alarms, owners, balancers, instances };
};

/** The members of a group with what they run. @param described what EC2 says of them. */
export const driftInstances = (
  { instances, launchTemplate }: Pick<Group, 'instances' | 'launchTemplate'>,
  described: readonly DescribedInstance[],
  releases: readonly Release[],
): DriftInstance[] => {
  const known = new Map(described.map((instance) => [instance.id, instance]));
  return instances.map(({ id, lifecycle, launchTemplateVersion }) => {
    const instance = known.get(id);
    const from = releases.find(
      (release) =>
        release.launchTemplate.id === launchTemplate?.id &&
        release.launchTemplate.version === launchTemplateVersion,
    );
    const version = instance?.tags[tagNames.version] ?? from?.version;
    return {
      id,
      lifecycle,
      ...(version !== undefined && { version }),
      ...(instance && { launchedAt: instance.launchedAt }),
    };
  });
};
