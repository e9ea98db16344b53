import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { type EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { chunks } from '../../aws/chunks';
import { describeGroup } from '../../fleet/group';

type Groups = Map<string, { readonly name: string; readonly everywhere: boolean }>;

/** The security groups of the instances that the fleet has now, whatever its launch template says by now. */
export const groupsOfFleet = async (
  { ec2, autoScaling }: { readonly ec2: EC2Client; readonly autoScaling: AutoScalingClient },
  group: string,
): Promise<Groups> => {
  const { instances } = await describeGroup(autoScaling, group);
  const seen = new Map<string, { name: string; count: number }>();
  let count = 0;
  for (const Values of chunks(
    instances.map(({ id }) => id),
    100,
  ))
    for await (const page of paginateDescribeInstances(
      { client: ec2, pageSize: 1000 },
      { Filters: [{ Name: 'instance-id', Values }] },
    ))
      for (const { SecurityGroups: found = [] } of (page.Reservations ?? []).flatMap(
        (r) => r.Instances ?? [],
      )) {
        count += 1;
        for (const { GroupId: id = '', GroupName: name = '' } of found)
          seen.set(id, { name, count: (seen.get(id)?.count ?? 0) + 1 });
      }
  return new Map(
    [...seen].map(([id, { name, count: times }]) => [id, { name, everywhere: times === count }]),
  );
};
