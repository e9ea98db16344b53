/** Target groups that a group registers its instances with, and those that it is leaving. */
import type { TrafficSourceIdentifier } from '@aws-sdk/client-auto-scaling';
import type { TargetGroup } from '../elasticloadbalancing/state';
import type { Region } from '../core/service';
import { allMembers, inService, invalid, isSuspended, wake } from './groups';
import { loadBalancingOf } from './otherServices';
import type { Group } from './state';

/** API reference: at most 10 a call. */
const maxPerCall = 10;

export type AttachmentState = 'Adding' | 'Added' | 'InService' | 'Removing';

const targetGroupOf = (region: Region, arn: string): TargetGroup | undefined =>
  region.service('elasticloadbalancing').state.targetGroups[arn];

/** @throws AwsError ValidationError */
const check = (region: Region, arns: readonly string[]): void => {
  if (arns.length > maxPerCall)
    throw invalid(`At most ${String(maxPerCall)} target groups can be given in one call.`);
  if (arns.some((arn) => !targetGroupOf(region, arn)))
    throw invalid('Provided Target Groups may not be valid. Please ensure they exist and try again.');
};

/**
 * Adds to what is attached, and registers what is in service, unless AddToLoadBalancer is suspended.
 * @throws AwsError ValidationError where one of them does not exist
 */
export const attach = (region: Region, group: Group, arns: readonly string[]): void => {
  check(region, arns);
  const added = arns.filter((arn) => !group.targetGroupArns.includes(arn));
  group.targetGroupArns = [...group.targetGroupArns, ...added];
  group.leaving = (group.leaving ?? []).filter((arn) => !arns.includes(arn));
  if (!isSuspended(group, 'AddToLoadBalancer'))
    for (const member of allMembers(group).filter(inService))
      for (const arn of added) loadBalancingOf(region).register(arn, member.id);
  wake(region, group);
};

/**
 * Takes away from what is attached; the instances drain from it, and run on.
 * @throws AwsError ValidationError where one of them is not attached
 */
export const detach = (region: Region, group: Group, arns: readonly string[]): void => {
  const other = arns.filter((arn) => !group.targetGroupArns.includes(arn));
  if (other.length > 0)
    throw invalid(`Trying to remove Target Groups that are not part of the group: ${other.join(', ')}`);
  group.targetGroupArns = group.targetGroupArns.filter((arn) => !arns.includes(arn));
  group.trafficSources = (group.trafficSources ?? []).filter((arn) => !arns.includes(arn));
  group.leaving = [...new Set([...(group.leaving ?? []), ...arns])];
  for (const member of allMembers(group)) {
    for (const arn of arns) loadBalancingOf(region).deregister(arn, member.id);
    member.unhealthyIn = member.unhealthyIn.filter((arn) => !arns.includes(arn));
  }
  wake(region, group);
};

/** Those that a caller attached as traffic sources, and those that it attached as target groups. */
export const attachedAs = (group: Group): Record<'trafficSources' | 'targetGroups', readonly string[]> => {
  const sources = new Set(group.trafficSources ?? []);
  return {
    trafficSources: group.targetGroupArns.filter((arn) => sources.has(arn)),
    targetGroups: group.targetGroupArns.filter((arn) => !sources.has(arn)),
  };
};

/** API reference, `LoadBalancerTargetGroupState`: what is removed is shown until its last instance has drained. */
export const attachmentsOf = (
  region: Region,
  group: Group,
): readonly { readonly arn: string; readonly state: AttachmentState }[] => {
  const health = (arn: string) =>
    allMembers(group)
      .filter(inService)
      .map(({ id }) => loadBalancingOf(region).health(arn, id));
  const attached = group.targetGroupArns.map((arn) => {
    const found = health(arn);
    if (found.includes('healthy')) return { arn, state: 'InService' as const };
    return { arn, state: found.includes('unused') ? ('Adding' as const) : ('Added' as const) };
  });
  const leaving = (group.leaving ?? [])
    .filter((arn) => health(arn).includes('draining'))
    .map((arn) => ({ arn, state: 'Removing' as const }));
  return [...attached, ...leaving];
};

export interface NamedSource {
  readonly identifier: string;
  readonly type: string;
}

/**
 * Traffic sources by what they are: target groups, and those whose health is not modelled (classic load balancers by
 * their names, target groups of VPC Lattice).
 * @throws AwsError ValidationError
 */
export const sourcesIn = (
  sources: readonly TrafficSourceIdentifier[] = [],
): { readonly arns: readonly string[]; readonly others: readonly NamedSource[] } => {
  const all = sources.map(({ Identifier: identifier = '', Type: type = 'elbv2' }) => ({ identifier, type }));
  const wrong = all.find(
    ({ identifier, type }) =>
      !['elbv2', 'elb', 'vpc-lattice'].includes(type) ||
      (type === 'elbv2' && !identifier.includes(':targetgroup/')),
  );
  if (wrong) throw invalid(`Traffic source ${wrong.identifier} is not of the type ${wrong.type}.`);
  return {
    arns: all.flatMap(({ identifier, type }) => (type === 'elbv2' ? [identifier] : [])),
    others: all.filter(({ type }) => type !== 'elbv2'),
  };
};
