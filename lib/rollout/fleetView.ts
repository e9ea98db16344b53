import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { DeploymentRecord, LaunchTemplateRef } from '../engine/record';
import { describeGroup, type Group, inService, type Member } from '../fleet/group';
import { isLaunchedFrom } from '../fleet/launchedFrom';
import { describeInstances } from '../fleet/instances';
import { tags } from '../aws/tags';
import { membersByRelease, type ReleaseMarks } from './onRelease';
import { describeTargets, isServing, type TargetHealth, type TargetReasons } from '../fleet/targetGroups';

export interface FleetClients {
  readonly autoScaling: AutoScalingClient;
  readonly elb: ElasticLoadBalancingV2Client;
}

/** A fleet in the middle of a rollout: which instances are old, which are new, which serve. */
export interface FleetView {
  readonly group: Group;
  /** Members that are in service or on their way there. */
  readonly old: readonly Member[];
  readonly fresh: readonly Member[];
  /** In service and healthy in every target group. */
  readonly healthy: ReadonlySet<string>;
  /** Why an instance is not healthy, where a target group says so. */
  readonly reasons: TargetReasons;
}

/**
 * Whether a member counts. A person put those in standby there; terminating ones need nothing; a warm pool is outside
 * the fleet.
 */
const counts = ({ lifecycle }: Member): boolean =>
  lifecycle === 'InService' || (lifecycle.startsWith('Pending') && !lifecycle.startsWith('Warmed'));

/**
 * Without `AddToLoadBalancer` an instance comes into service and is registered nowhere, so that no target group tells of
 * it.
 */
const neverRegistered = (group: Group, health: TargetHealth): (readonly [id: string, why: string])[] =>
  group.suspended.includes('AddToLoadBalancer')
    ? inService(group)
        .filter((id) => group.targetGroupArns.some((arn) => health.get(id)?.[arn] === undefined))
        .map((id) => [
          id,
          `not registered with its target groups: process AddToLoadBalancer of group ${group.name} is suspended`,
        ])
    : [];

const view = async (
  { autoScaling, elb }: FleetClients,
  name: string,
  freshOf: (members: readonly Member[]) => Promise<ReadonlySet<string>>,
): Promise<FleetView> => {
  const group = await describeGroup(autoScaling, name);
  const members = group.instances.filter(counts);
  const [{ health, reasons }, fresh] = await Promise.all([
    describeTargets(elb, group.targetGroupArns),
    freshOf(members),
  ]);
  const serving = members.filter((member) => isServing(member, health, group.targetGroupArns));
  return {
    group,
    old: members.filter(({ id }) => !fresh.has(id)),
    fresh: members.filter(({ id }) => fresh.has(id)),
    healthy: new Set(serving.map(({ id }) => id)),
    reasons: new Map([...neverRegistered(group, health), ...reasons]),
  };
};

/** New are the instances that were launched from the deployment's own launch template version. */
export const viewByTemplate = (
  clients: FleetClients,
  name: string,
  template: LaunchTemplateRef,
): Promise<FleetView> =>
  view(clients, name, async (members) => {
    const fresh = members.filter((member) => isLaunchedFrom(member, template));
    return new Set(fresh.map(({ id }) => id));
  });

/**
 * New are the instances that run the release: launched from its template, and not provisioned with anything else since.
 */
export const viewByRelease = (
  clients: FleetClients & { readonly ec2: EC2Client },
  name: string,
  release: ReleaseMarks,
): Promise<FleetView> =>
  view(
    clients,
    name,
    async (members) => (await membersByRelease(clients.ec2, { instances: members }, release)).on,
  );

/**
 * New are the instances that were launched since then (epoch ms), whatever they run: of a way back, whose template is not
 * new.
 */
export const viewLaunchedSince = (
  clients: FleetClients & { readonly ec2: EC2Client },
  name: string,
  since: number,
): Promise<FleetView> =>
  view(clients, name, async (members) => {
    const described = await describeInstances(
      clients.ec2,
      members.map(({ id }) => id),
    );
    // An instance that EC2 does not list yet was launched just now. EC2 tells the launch to the second.
    const before = new Set(
      described.filter(({ launchedAt }) => launchedAt + 1_000 < since).map(({ id }) => id),
    );
    return new Set(members.filter(({ id }) => !before.has(id)).map(({ id }) => id));
  });

/**
 * Old are the instances that the deployment changed: a command of it may have begun there, or they were launched from
 * its template version.
 * @param touched those on which a command may have begun.
 */
export const viewUntouched = (
  clients: FleetClients,
  { group, launchTemplate }: Pick<DeploymentRecord, 'group' | 'launchTemplate'>,
  touched: ReadonlySet<string>,
): Promise<FleetView> =>
  view(clients, group, (members) => {
    const isTouched = (member: Member): boolean =>
      touched.has(member.id) || (launchTemplate !== undefined && isLaunchedFrom(member, launchTemplate));
    return Promise.resolve(new Set(members.filter((member) => !isTouched(member)).map(({ id }) => id)));
  });

/** New are the instances with the deployment's tags: the tags say what an instance runs, its image does not. */
export const viewByTags = (
  clients: FleetClients & { readonly ec2: EC2Client },
  record: Pick<DeploymentRecord, 'group' | 'version' | 'deployment'>,
): Promise<FleetView> =>
  view(clients, record.group, async (members) => {
    const described = await describeInstances(
      clients.ec2,
      members.map(({ id }) => id),
    );
    const fresh = described.filter(
      (instance) =>
        instance.tags[tags.version] === record.version &&
        instance.tags[tags.deployment] === record.deployment,
    );
    return new Set(fresh.map(({ id }) => id));
  });

/** Whether an instance is in service whose first health checks have not passed yet. */
export const isChecking = ({ old, fresh, healthy }: FleetView): boolean =>
  [...old, ...fresh].some(({ id, lifecycle }) => lifecycle === 'InService' && !healthy.has(id));

/** The counts that the arithmetic uses. */
export const countsOf = ({ old, healthy }: FleetView) => {
  const inService = old.filter(({ lifecycle }) => lifecycle === 'InService');
  const oldHealthy = inService.filter(({ id }) => healthy.has(id)).length;
  return {
    oldHealthy,
    oldUnhealthy: inService.length - oldHealthy,
    oldPending: old.length - inService.length,
    healthy: healthy.size,
  };
};
