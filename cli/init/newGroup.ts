import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  GetLaunchTemplateDataCommand,
  type Instance,
} from '@aws-sdk/client-ec2';
import { nameOf } from '../../lib/aws/failure';
import { describeGroup } from '../../lib/fleet/group';
import { tagList, tags } from '../../lib/aws/tags';
import { RefusedEarly, UsageError } from '../terminal/errors';
import type { Session } from '../session/session';
import { launchData } from './launchData';

/** A group that is to be made; its name is the application's. */
export interface NewGroup {
  readonly application: string;
  readonly version: string;
  readonly instance: string;
  readonly subnets: readonly string[];
  readonly targetGroups: readonly string[];
  readonly min: number;
  readonly max: number;
  /** Whether the instance is rebooted for its image. */
  readonly reboot: boolean;
}

/** The deployment's name in tags of what `forseti init` makes. */
export const initName = (application: string): string => `${application}-init`;

const describeInstance = async (session: Session, id: string): Promise<Instance> => {
  const { Reservations: [reservation] = [] } = await session
    .connect(EC2Client)
    .send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return reservation?.Instances?.[0] ?? {};
};

/**
 * Checks that the subnets are in the instance's network and span two zones or more.
 * @throws UsageError that lists the network's subnets.
 */
export const checkSubnets = async (session: Session, { instance, subnets }: NewGroup): Promise<void> => {
  const { VpcId: network = '' } = await describeInstance(session, instance);
  const { Subnets: found = [] } = await session
    .connect(EC2Client)
    .send(new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [network] }] }));
  const known = new Map(found.map(({ SubnetId: id = '', AvailabilityZone: zone = '' }) => [id, zone]));
  const list = [...known].map(([id, zone]) => `${id} (${zone})`).join(', ');
  const unknown = subnets.filter((id) => !known.has(id));
  const zones = new Set(subnets.map((id) => known.get(id)));
  if (unknown.length === 0 && zones.size > 1) return;
  const wrong =
    unknown.length > 0
      ? `${unknown.join(', ')} ${unknown.length === 1 ? 'is' : 'are'} not in the instance's network ${network}.`
      : `Instance ${instance} is in no Auto Scaling group; one is made in subnets of two zones or more, so that a zone that fails does not take the whole fleet with it.`;
  throw new UsageError(`${wrong} Give --subnets, of: ${list}.`);
};

/** @throws RefusedEarly where a group or launch template of that name exists that `forseti init` did not make. */
export const refuseTaken = async (session: Session, application: string): Promise<void> => {
  const group = await groupNamed(session, application);
  const template = await templateNamed(session, application);
  const taken = [
    ...(group === undefined || group.tags[tags.application] === application ? [] : ['an Auto Scaling group']),
    ...(template === undefined || template.owner === application ? [] : ['a launch template']),
  ];
  if (taken.length > 0)
    throw new RefusedEarly(
      `There is ${taken.join(' and ')} ${application} already, which "forseti init" has not made. Take an instance of it; or another name for the application.`,
    );
};

const groupNamed = async (session: Session, name: string) => {
  const autoScaling = session.connect(AutoScalingClient);
  const { AutoScalingGroups: [found] = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return found && describeGroup(autoScaling, name);
};

const templateNamed = async (session: Session, name: string) => {
  try {
    const { LaunchTemplates: [found] = [] } = await session
      .connect(EC2Client)
      .send(new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: [name] }));
    const owner = found?.Tags?.find(({ Key: key }) => key === tags.application)?.Value;
    return found && { id: found.LaunchTemplateId ?? '', owner };
  } catch (error) {
    if (nameOf(error).startsWith('InvalidLaunchTemplateName')) return undefined;
    throw error;
  }
};

/** Makes the launch template, or finds the one that an earlier run made. @returns its id. */
const makeTemplate = async (session: Session, asked: NewGroup, image: string): Promise<string> => {
  const { application, version, instance } = asked;
  const there = await templateNamed(session, application);
  if (there) return there.id;
  const ec2 = session.connect(EC2Client);
  const [{ LaunchTemplateData: data = {} }, found] = await Promise.all([
    ec2.send(new GetLaunchTemplateDataCommand({ InstanceId: instance })),
    describeInstance(session, instance),
  ]);
  const source = {
    image,
    securityGroups: (found.SecurityGroups ?? []).map(({ GroupId: id = '' }) => id),
    hasPublicAddress: found.PublicIpAddress !== undefined,
    tags: Object.fromEntries((found.Tags ?? []).map(({ Key: key = '', Value: value = '' }) => [key, value])),
  };
  const { LaunchTemplate: template } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: application,
      VersionDescription: `${application} ${version}, made by Forseti of ${instance}`,
      LaunchTemplateData: launchData(data, source, {
        application,
        version,
        deployment: initName(application),
      }),
      TagSpecifications: [
        { ResourceType: 'launch-template', Tags: tagList({ [tags.application]: application }) },
      ],
    }),
  );
  return template?.LaunchTemplateId ?? '';
};

/** The group must not replace new instances before they had time to start. */
const graceSeconds = 300;

/** Makes the launch template and the group, still without instances. What an earlier run made stays. */
export const makeEmptyGroup = async (session: Session, asked: NewGroup, image: string): Promise<void> => {
  const { application, max, subnets, targetGroups } = asked;
  if (await groupNamed(session, application)) return;
  const template = await makeTemplate(session, asked, image);
  await session.connect(AutoScalingClient).send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: application,
      LaunchTemplate: { LaunchTemplateId: template, Version: '1' },
      MinSize: 0,
      MaxSize: max,
      DesiredCapacity: 0,
      VPCZoneIdentifier: subnets.join(','),
      ...(targetGroups.length > 0 && { TargetGroupARNs: [...targetGroups] }),
      HealthCheckType: targetGroups.length > 0 ? 'ELB' : 'EC2',
      HealthCheckGracePeriod: graceSeconds,
      Tags: [
        {
          ResourceId: application,
          ResourceType: 'auto-scaling-group',
          Key: tags.application,
          Value: application,
          PropagateAtLaunch: false,
        },
      ],
    }),
  );
};

/** Has the group launch its first instances, unless it has a size already. @returns whether anything was changed. */
export const grow = async (
  session: Session,
  { application, min }: Pick<NewGroup, 'application' | 'min'>,
): Promise<boolean> => {
  const autoScaling = session.connect(AutoScalingClient);
  const group = await describeGroup(autoScaling, application);
  if (group.min > 0 || group.desired > 0) return false;
  await autoScaling.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: application,
      MinSize: min,
      DesiredCapacity: min,
    }),
  );
  return true;
};
