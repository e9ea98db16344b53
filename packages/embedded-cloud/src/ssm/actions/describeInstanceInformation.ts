import type {
  DescribeInstanceInformationCommandInput,
  DescribeInstanceInformationCommandOutput,
  InstanceInformation,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { listed, pingOf } from '../agents';
import type { Answer } from '../answer';
import { ec2Instance } from '../ec2';
import { paged } from '../paging';
import type { ManagedInstance } from '../state';

const describe = (region: Region, managed: ManagedInstance): InstanceInformation => {
  const instance = ec2Instance(region, managed.instanceId);
  const ping = pingOf(region, managed);
  return {
    InstanceId: managed.instanceId,
    PingStatus: ping.status,
    LastPingDateTime: new Date(ping.lastAt),
    AgentVersion: managed.agentVersion,
    IsLatestVersion: false,
    PlatformType: 'Linux',
    PlatformName: 'Amazon Linux',
    PlatformVersion: '2023',
    ResourceType: 'EC2Instance',
    IPAddress: instance?.privateIp ?? '',
    ComputerName: `ip-${(instance?.privateIp ?? '').replaceAll('.', '-')}.${region.name}.compute.internal`,
    SourceId: managed.instanceId,
    SourceType: 'AWS::EC2::Instance',
  };
};

/** AWS's filter keys, each with the value that it compares. */
const looks: Readonly<Record<string, (info: InstanceInformation) => string | undefined>> = {
  InstanceIds: (info) => info.InstanceId,
  AgentVersion: (info) => info.AgentVersion,
  PingStatus: (info) => info.PingStatus,
  PlatformTypes: (info) => info.PlatformType,
  ResourceType: (info) => info.ResourceType,
  SourceIds: (info) => info.SourceId,
  SourceTypes: (info) => info.SourceType,
  IamRole: (info) => info.IamRole,
  AssociationStatus: (info) => info.AssociationStatus,
  ActivationIds: (info) => info.ActivationId,
};

type Filter = { readonly key: string; readonly values: readonly string[] };

/** @throws InvalidInstanceInformationFilterValue, InvalidFilterKey, ValidationException */
const readFilters = (input: DescribeInstanceInformationCommandInput): Filter[] => {
  if (input.Filters?.length && input.InstanceInformationFilterList?.length)
    throw new AwsError(
      'ValidationException',
      'Filters and InstanceInformationFilterList cannot both be specified.',
    );
  const filters = [
    ...(input.Filters ?? []).map(({ Key, Values }) => ({ key: Key ?? '', values: Values ?? [] })),
    ...(input.InstanceInformationFilterList ?? []).map(({ key, valueSet }) => ({
      key: key ?? '',
      values: valueSet ?? [],
    })),
  ];
  for (const { key, values } of filters) {
    if (!(key in looks) && key !== 'tag-key' && !key.startsWith('tag:'))
      throw new AwsError('InvalidFilterKey', `The filter key ${key} is not valid.`);
    if (values.length === 0 || values.length > 100)
      throw new AwsError(
        'InvalidInstanceInformationFilterValue',
        `The filter ${key} must have 1 to 100 values.`,
      );
  }
  const instanceIds = filters.find(({ key }) => key === 'InstanceIds')?.values ?? [];
  const wrong = instanceIds.find((id) => !/^m?i-[0-9a-f]{8,17}$/.test(id));
  if (wrong !== undefined)
    throw new AwsError('InvalidInstanceInformationFilterValue', `The filter value is not valid: ${wrong}`);
  return filters;
};

const meets = (region: Region, info: InstanceInformation, { key, values }: Filter): boolean => {
  const tags = ec2Instance(region, info.InstanceId ?? '')?.tags ?? {};
  if (key === 'tag-key') return values.some((name) => tags[name] !== undefined);
  const value = key.startsWith('tag:') ? tags[key.slice('tag:'.length)] : looks[key]?.(info);
  return value !== undefined && values.includes(value);
};

export const describeInstanceInformation: Action<
  DescribeInstanceInformationCommandInput,
  Answer<DescribeInstanceInformationCommandOutput>
> = {
  requires: () => [{ action: 'ssm:DescribeInstanceInformation', resource: '*' }],
  run: (input, region) => {
    const filters = readFilters(input);
    const found = listed(region)
      .map((managed) => describe(region, managed))
      .filter((info) => filters.every((filter) => meets(region, info, filter)));
    const { page, next } = paged(found, input, { least: 5, most: 50, usual: 10 });
    return {
      InstanceInformationList: [...page],
      ...next,
    } satisfies Answer<DescribeInstanceInformationCommandOutput>;
  },
};
