import { type EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { chunks } from '../aws/chunks';

/** What Forseti looks at of an instance. */
export interface Instance {
  readonly id: string;
  /** `pending`, `running`, `shutting-down`, `terminated`, `stopping`, `stopped`. */
  readonly state: string;
  readonly zone: string;
  readonly type: string;
  readonly image: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly launchedAt: number;
}

/** A filter takes at most 200 values (EC2 API, "Filtering and paginating"). */
const mostIds = 200;

/**
 * Instances by their ids, found by filter rather than by id: one that is gone is left out, where naming its id
 * would fail the whole call (`InvalidInstanceID.NotFound`).
 */
export const describeInstances = async (ec2: EC2Client, ids: readonly string[]): Promise<Instance[]> => {
  const pages = await Promise.all(
    chunks(ids, mostIds).map(async (values) => {
      const found: Instance[] = [];
      const filter = { Filters: [{ Name: 'instance-id', Values: values }] };
      for await (const page of paginateDescribeInstances({ client: ec2, pageSize: 1000 }, filter))
        for (const reservation of page.Reservations ?? [])
          for (const instance of reservation.Instances ?? [])
            found.push({
              id: instance.InstanceId ?? '',
              state: instance.State?.Name ?? '',
              zone: instance.Placement?.AvailabilityZone ?? '',
              type: instance.InstanceType ?? '',
              image: instance.ImageId ?? '',
              tags: Object.fromEntries(
                (instance.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']),
              ),
              launchedAt: instance.LaunchTime?.getTime() ?? 0,
            });
      return found;
    }),
  );
  return pages.flat();
};
