import type {
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  InstanceTypeInfo,
  _InstanceType,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { refuseDryRun } from '../errors';
import { filterOf, type Fields } from '../filters';
import { instanceTypes, type InstanceTypeFacts } from '../instanceTypes';
import { pageOf } from '../paging';
import { onEverything } from '../resources';
import type { Tags } from '../state';

type Type = InstanceTypeFacts & { readonly tags?: Tags };

const fields: Fields<Type> = {
  'instance-type': ({ name }) => name,
  'processor-info.supported-architecture': ({ architecture }) => architecture,
  'vcpu-info.default-vcpus': ({ vcpus }) => String(vcpus),
  'burstable-performance-supported': ({ burstable }) => String(burstable),
  'current-generation': () => 'true',
};

/** Reports two threads per core for x86 types, and one for Graviton types. */
const output = ({ name, vcpus, memoryMiB, architecture, burstable }: Type): InstanceTypeInfo => {
  const threads = architecture === 'x86_64' && vcpus > 1 ? 2 : 1;
  return {
    InstanceType: name as _InstanceType,
    CurrentGeneration: true,
    BareMetal: false,
    BurstablePerformanceSupported: burstable,
    SupportedUsageClasses: ['on-demand', 'spot'],
    ProcessorInfo: { SupportedArchitectures: [architecture] },
    VCpuInfo: { DefaultVCpus: vcpus, DefaultCores: vcpus / threads, DefaultThreadsPerCore: threads },
    MemoryInfo: { SizeInMiB: memoryMiB },
  };
};

export const describeInstanceTypes: Action<DescribeInstanceTypesRequest, DescribeInstanceTypesResult> = {
  requires: onEverything('ec2:DescribeInstanceTypes'),
  run(input) {
    const { InstanceTypes: names = [] } = input;
    const unknown = names.filter((name) => !instanceTypes.has(name));
    if (unknown.length > 0) {
      throw new AwsError(
        'InvalidInstanceType',
        `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
      );
    }
    const asked: readonly Type[] =
      names.length === 0
        ? [...instanceTypes.values()]
        : names.flatMap((name) => instanceTypes.get(name) ?? []);
    refuseDryRun(input.DryRun);
    const found = asked.filter(filterOf(input.Filters, fields));
    const { items, nextToken } = pageOf(found, input, { most: 100 });
    return { InstanceTypes: items.map(output), NextToken: nextToken };
  },
};

interface Offering {
  readonly type: string;
  readonly location: string;
  readonly tags?: Tags;
}

/** Every type is offered in every zone that has a subnet. */
export const describeInstanceTypeOfferings: Action<
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult
> = {
  requires: onEverything('ec2:DescribeInstanceTypeOfferings'),
  run(input, region) {
    const { subnets } = region.service('ec2').state;
    const byZone = input.LocationType === 'availability-zone';
    const locations = byZone
      ? [...new Set(Object.values(subnets).map(({ zone }) => zone))].sort()
      : [region.name];
    const matches = filterOf<Offering>(input.Filters, {
      'instance-type': ({ type }) => type,
      location: ({ location }) => location,
    });
    const offerings: Offering[] = [...instanceTypes.keys()].flatMap((type) =>
      locations.map((location) => ({ type, location })),
    );
    refuseDryRun(input.DryRun);
    const { items, nextToken } = pageOf(offerings.filter(matches), input);
    return {
      InstanceTypeOfferings: items.map(({ type, location }) => ({
        InstanceType: type as _InstanceType,
        LocationType: byZone ? ('availability-zone' as const) : ('region' as const),
        Location: location,
      })),
      NextToken: nextToken,
    };
  },
};
