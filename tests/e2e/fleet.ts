import {
  AttachInstancesCommand,
  AutoScalingClient,
  type AutoScalingGroup,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  type Instance,
  RegisterImageCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { World } from './world';

export interface Fleet {
  readonly group: string;
  readonly targetGroupArn: string;
  readonly launchTemplateId: string;
  /** The image of the first instances. */
  readonly imageId: string;
}

/**
 * moto launches all instances of a group in its first subnet, so one member is replaced by an instance in the other
 * zone.
 */
const moveOneTo = async ({ connect }: World, group: string, template: string, subnet: string) => {
  const autoScaling = connect(AutoScalingClient);
  const { Instances: [instance] = [] } = await connect(EC2Client).send(
    new RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      LaunchTemplate: { LaunchTemplateId: template, Version: '1' },
      SubnetId: subnet,
    }),
  );
  const { Instances: [member] = [] } = await groupOf({ connect }, group);
  await autoScaling.send(
    new AttachInstancesCommand({
      AutoScalingGroupName: group,
      InstanceIds: [instance?.InstanceId ?? ''],
    }),
  );
  await autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: member?.InstanceId,
      ShouldDecrementDesiredCapacity: true,
    }),
  );
};

/** Makes what a user has before Forseti: a group of instances behind a target group, from a launch template. */
export const makeFleet = async (world: World, name: string, size: number): Promise<Fleet> => {
  const { connect } = world;
  const ec2 = connect(EC2Client);
  const { Subnets: subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const [first, second] = subnets;
  const VpcId = first?.VpcId ?? '';
  const { ImageId: imageId = '' } = await ec2.send(
    new RegisterImageCommand({ Name: `${name} v1`, Architecture: 'x86_64', RootDeviceName: '/dev/xvda' }),
  );
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: name, Description: `of ${name}`, VpcId }),
  );
  const { LaunchTemplate: template } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      TagSpecifications: [
        { ResourceType: 'launch-template', Tags: [{ Key: 'forseti:application', Value: name }] },
      ],
      LaunchTemplateData: {
        ImageId: imageId,
        InstanceType: 'm5.large',
        SecurityGroupIds: [GroupId ?? ''],
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'team', Value: 'tickets' }] }],
      },
    }),
  );
  const { TargetGroups: [targetGroup] = [] } = await connect(ElasticLoadBalancingV2Client).send(
    new CreateTargetGroupCommand({ Name: name, Protocol: 'HTTP', Port: 80, VpcId, TargetType: 'instance' }),
  );
  const targetGroupArn = targetGroup?.TargetGroupArn ?? '';
  await connect(AutoScalingClient).send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: size,
      MaxSize: size + 2,
      DesiredCapacity: size,
      LaunchTemplate: { LaunchTemplateId: template?.LaunchTemplateId, Version: '1' },
      VPCZoneIdentifier: `${first?.SubnetId ?? ''},${second?.SubnetId ?? ''}`,
      TargetGroupARNs: [targetGroupArn],
      Tags: [
        { Key: 'team', Value: 'tickets', PropagateAtLaunch: true },
        // Adopted by Forseti, as the README says.
        { Key: 'forseti:application', Value: name, PropagateAtLaunch: true },
      ],
    }),
  );
  await moveOneTo(world, name, template?.LaunchTemplateId ?? '', second?.SubnetId ?? '');
  return { group: name, targetGroupArn, launchTemplateId: template?.LaunchTemplateId ?? '', imageId };
};

export const groupOf = async (
  { connect }: Pick<World, 'connect'>,
  name: string,
): Promise<AutoScalingGroup> => {
  const { AutoScalingGroups: [group] = [] } = await connect(AutoScalingClient).send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  if (!group) throw new Error(`moto has no group ${name}.`);
  return group;
};

/** A fleet's members as EC2 describes them. */
export const membersOf = async (world: World, name: string): Promise<Instance[]> => {
  const { Instances: members = [] } = await groupOf(world, name);
  const { Reservations: reservations = [] } = await world
    .connect(EC2Client)
    .send(new DescribeInstancesCommand({ InstanceIds: members.map(({ InstanceId }) => InstanceId ?? '') }));
  return reservations.flatMap(({ Instances }) => Instances ?? []);
};

/** The state of each target by its instance. */
export const healthOf = async ({ connect }: World, { targetGroupArn }: Fleet) => {
  const { TargetHealthDescriptions: targets = [] } = await connect(ElasticLoadBalancingV2Client).send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
  );
  return targets.map(({ Target, TargetHealth }) => ({
    id: Target?.Id ?? '',
    state: TargetHealth?.State ?? '',
  }));
};
