import type {
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
} from '@aws-sdk/client-ec2';
import type { Action, Region } from '../../core/service';
import { invalidParameterValue, refuseDryRun, requireAll } from '../errors';
import { filterOf, type Fields } from '../filters';
import { zoneIdOf } from '../outputs';
import { pageOf } from '../paging';
import { ec2Arn, onEverything } from '../resources';
import type { Ec2State, Subnet } from '../state';
import { toTagList } from '../tags';

const subnetFields: Fields<Subnet> = {
  'subnet-id': ({ id }) => id,
  'vpc-id': ({ vpcId }) => vpcId,
  'availability-zone': ({ zone }) => zone,
  cidr: ({ cidr }) => cidr,
  'cidr-block': ({ cidr }) => cidr,
  'default-for-az': ({ defaultForZone }) => String(defaultForZone),
  state: () => 'available',
};

const subnetOutput = (region: Region, state: Ec2State, subnet: Subnet) => ({
  SubnetId: subnet.id,
  SubnetArn: ec2Arn(region, 'subnet', subnet.id),
  VpcId: subnet.vpcId,
  AvailabilityZone: subnet.zone,
  AvailabilityZoneId: zoneIdOf(subnet.zone),
  CidrBlock: subnet.cidr,
  State: 'available' as const,
  DefaultForAz: subnet.defaultForZone,
  MapPublicIpOnLaunch: false,
  OwnerId: region.account,
  AvailableIpAddressCount:
    2 ** (32 - Number(subnet.cidr.split('/')[1])) - 5 - (state.addressesUsed[subnet.id] ?? 0),
  Tags: toTagList(subnet.tags),
});

export const describeSubnets: Action<DescribeSubnetsRequest, DescribeSubnetsResult> = {
  requires: onEverything('ec2:DescribeSubnets'),
  run(input, region) {
    const { state } = region.service('ec2');
    const { SubnetIds: ids = [] } = input;
    const asked = ids.length === 0 ? Object.values(state.subnets) : requireAll('subnet', state.subnets, ids);
    const found = asked.filter(filterOf(input.Filters, subnetFields));
    refuseDryRun(input.DryRun);
    const { items, nextToken } = pageOf(found, input);
    return { Subnets: items.map((subnet) => subnetOutput(region, state, subnet)), NextToken: nextToken };
  },
};

/** Lists the zones that have subnets. */
export const describeAvailabilityZones: Action<
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult
> = {
  requires: onEverything('ec2:DescribeAvailabilityZones'),
  run(input, region) {
    const { subnets } = region.service('ec2').state;
    const zones = [...new Set(Object.values(subnets).map(({ zone }) => zone))].sort();
    const { ZoneNames: names = zones } = input;
    const unknown = names.find((name) => !zones.includes(name));
    if (unknown !== undefined) throw invalidParameterValue(`Invalid availability zone: [${unknown}]`);
    refuseDryRun(input.DryRun);
    const output = names.map((zone) => ({
      ZoneName: zone,
      ZoneId: zoneIdOf(zone),
      RegionName: region.name,
      GroupName: region.name,
      NetworkBorderGroup: region.name,
      ZoneType: 'availability-zone',
      State: 'available' as const,
      OptInStatus: 'opt-in-not-required' as const,
      Messages: [],
    }));
    return { AvailabilityZones: output };
  },
};
