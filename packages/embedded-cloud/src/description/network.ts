import type { Region } from '../core/service';
import { type CloudDescription, type GroupDescription } from './schema';
import { zonesOf } from './spread';

/** The region of a part of the description: its own, or by default the first. */
export const regionOf = (cloud: CloudDescription, part: { readonly region?: string | undefined }): string =>
  part.region ?? cloud.regions[0] ?? '';

const groupsIn = (cloud: CloudDescription, region: string): readonly GroupDescription[] =>
  Object.values(cloud.groups).filter((group) => regionOf(cloud, group) === region);

/** Adds a subnet in each zone that a group uses, the default security group and the described ones. */
export const addNetwork = (region: Region, cloud: CloudDescription): void => {
  const ec2 = region.service('ec2');
  const zones = groupsIn(cloud, region.name).flatMap((group) => zonesOf(group, region.name));
  for (const zone of [...new Set(zones)].sort()) ec2.addSubnet({ zone });
  ec2.addSecurityGroup({ name: 'default' });
  for (const [name, one] of Object.entries(cloud.securityGroups))
    if (regionOf(cloud, one) === region.name) ec2.addSecurityGroup({ name, rules: one.rules });
};

/** Subnet ids by zone. */
export const subnetsOf = (region: Region): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.values(region.service('ec2').state.subnets).map(({ zone, id }) => [zone, id]));
