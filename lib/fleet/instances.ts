import { type EC2Client, type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { chunks } from '../aws/chunks';
import type { Tags } from '../aws/tags';

export interface DescribedInstance {
  readonly id: string;
  readonly tags: Tags;
  readonly image: string;
  /** `pending`, `running`, `shutting-down`, `terminated`, `stopping` or `stopped`. */
  readonly state: string;
  /** Why it is in that state, as AWS words it. */
  readonly reason: string | undefined;
  readonly zone: string;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly launchedAt: number;
}

/** EC2 takes at most 200 values in a filter; 100 keep an answer to one page. */
const maxIds = 100;

/**
 * The instances that EC2 knows, in no order. Uses a filter and not `InstanceIds`, which refuses the whole call if one
 * of them is gone.
 */
export const describeInstances = async (
  ec2: EC2Client,
  ids: readonly string[],
): Promise<DescribedInstance[]> => {
  const found = await Promise.all(
    chunks(ids, maxIds).map((Values) => instancesWhere(ec2, [{ Name: 'instance-id', Values }])),
  );
  return found.flat();
};

/** Instances by EC2's filters. */
export const instancesWhere = async (
  ec2: EC2Client,
  filters: { Name: string; Values: string[] }[],
): Promise<DescribedInstance[]> => {
  const found: DescribedInstance[] = [];
  for await (const page of paginateDescribeInstances({ client: ec2, pageSize: 1000 }, { Filters: filters }))
    for (const { Instances: instances = [] } of page.Reservations ?? [])
      found.push(...instances.map(described));
  return found;
};

const described = (instance: Instance): DescribedInstance => ({
  id: instance.InstanceId ?? '',
  tags: Object.fromEntries((instance.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  image: instance.ImageId ?? '',
  state: instance.State?.Name ?? '',
  reason: instance.StateReason?.Message ?? instance.StateTransitionReason,
  zone: instance.Placement?.AvailabilityZone ?? '',
  type: instance.InstanceType ?? '',
  launchedAt: instance.LaunchTime?.getTime() ?? 0,
});
