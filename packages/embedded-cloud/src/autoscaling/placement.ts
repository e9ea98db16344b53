/** Where a group launches: zones, or subnets that imply them. */
import type { Region } from '../core/service';
import { invalid } from './groups';
import type { Group } from './state';

/**
 * Applies the zones or subnets of a request. Only one subnet per zone is kept, since simulated subnets do not run out
 * of addresses.
 * @throws AwsError ValidationError if a subnet does not exist, or if no zone remains
 */
export const place = (
  region: Region,
  group: Group,
  input: {
    readonly AvailabilityZones?: string[] | undefined;
    readonly VPCZoneIdentifier?: string | undefined;
  },
): void => {
  const ids = (input.VPCZoneIdentifier ?? '').split(',').filter((id) => id !== '');
  if (ids.length > 0) {
    const known = region.service('ec2').state.subnets;
    const subnets = ids.map((id) => {
      const subnet = known[id.trim()];
      if (!subnet) throw invalid(`The subnet ID '${id}' does not exist`);
      return subnet;
    });
    group.subnets = Object.fromEntries(subnets.map(({ zone, id }) => [zone, id]));
    group.zones = Object.keys(group.subnets);
  } else if (input.AvailabilityZones) {
    group.zones = input.AvailabilityZones;
    group.subnets = {};
  }
  if (group.zones.length === 0) {
    throw invalid('At least one Availability Zone or VPC Subnet is required.');
  }
};
