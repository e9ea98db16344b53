import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { contractsOf } from './contract';
import type { World } from './world';

export const Client = AutoScalingClient;

export const contract = contractsOf('autoscaling');

export const withInstances = { notOn: { ministack: 'its groups hold no instances' } };
export const api = 'https://docs.aws.amazon.com/autoscaling/ec2/APIReference/';
export const noRefresh = { error: 'ActiveInstanceRefreshNotFoundFault' };
export const noGroup = { error: 'ValidationError' };
export const other = 'no-such-group';

export interface Member {
  readonly InstanceId: string;
  readonly LifecycleState: string;
  readonly ProtectedFromScaleIn: boolean;
}

export interface Group {
  readonly MinSize: number;
  readonly DesiredCapacity: number;
  readonly SuspendedProcesses?: readonly { readonly ProcessName: string }[];
  readonly Instances?: readonly Member[];
}

export const groupOf = async (world: World, name: string): Promise<Group> => {
  const ask = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
  return (await world.send(Client, ask)).AutoScalingGroups?.[0] as Group;
};

/** Creates an empty group. */
export const group = async (world: World, desired = 0): Promise<string> => {
  const { templateId, subnetIds } = await world.host.ground();
  const AutoScalingGroupName = world.name('contract');
  await world.send(
    Client,
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      MinSize: 0,
      MaxSize: 4,
      DesiredCapacity: desired,
      VPCZoneIdentifier: subnetIds.join(','),
      LaunchTemplate: { LaunchTemplateId: templateId, Version: '1' },
    }),
  );
  return AutoScalingGroupName;
};

/** Creates a group with two instances in service. */
export const fleet = async (world: World) => {
  const name = await group(world, 2);
  let ids: string[] = [];
  await world.until(async () => {
    const { Instances = [] } = await groupOf(world, name);
    ids = Instances.flatMap(({ InstanceId, LifecycleState }) =>
      LifecycleState === 'InService' ? InstanceId : [],
    );
    return ids.length === 2;
  });
  return { name, ids };
};

export const members = (
  world: World,
  AutoScalingGroupNames: string[],
  expected: (list: Member[]) => boolean,
) =>
  world.see(Client, new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames }), {
    AutoScalingGroups: [{ Instances: (list?: Member[]) => expected(list ?? []) }],
  });
