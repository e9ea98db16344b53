import { type AutoScalingClient, DescribeInstanceRefreshesCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeImagesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { paginateDescribeInstanceInformation, type SSMClient } from '@aws-sdk/client-ssm';
import { chunks } from '../../aws/chunks';
import { nameOf } from '../../aws/failure';
import type { StepContext } from '../../engine/context';
import { imageFrom } from '../../engine/imageFrom';
import type { DeploymentRecord } from '../../engine/record';
import { describeGroup, type Group, inService } from '../../fleet/group';
import { describeInstances } from '../../fleet/instances';
import { type TargetHealth, targetHealth } from '../../fleet/targetGroups';
import { isActive } from '../../rollout/refreshes';
import type { PreflightFacts } from './facts';
import { type Agent, type Moving, type MovingFacts, movingOf } from './moving';

export interface MovingClients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly ssm: SSMClient;
}

/** As much of Preflight's facts as says what is on its way. */
export const gatherMoving = async (
  { record, settings, core }: Pick<StepContext, 'core' | 'record' | 'settings'>,
  { autoScaling, ec2, elb, ssm }: MovingClients,
): Promise<Moving[]> => {
  const group = await describeGroup(autoScaling, record.group);
  const ids = inService(group);
  const from = imageFrom(record);
  const takesOut = from === 'fleet' || from === 'running';
  const [members, agents, refresh, images, health] = await Promise.all([
    describeInstances(ec2, ids),
    takesOut ? agentsOf(ssm, ids) : new Map<string, Agent>(),
    refreshOf(autoScaling, group.name),
    imagesFor(ec2, { record, core }, group),
    targetHealthFor(elb, record, group),
  ]);
  const facts = { now: core.clock(), group, members, agents, refresh, images, health };
  return movingOf({ record, seals: settings.image.seal }, facts);
};

const imagesFor = async (
  ec2: EC2Client,
  { record, core }: Pick<StepContext, 'core' | 'record'>,
  group: Pick<Group, 'name' | 'launchTemplate'>,
): Promise<MovingFacts['images']> => {
  const fleet = { group: group.name, launchTemplate: group.launchTemplate?.id };
  const good = await core.releases.lastGood(record.application, fleet);
  const ids = [record.image, good?.image].filter((id) => id !== undefined);
  return (await Promise.all(ids.map((id) => imageOf(ec2, id)))).filter((found) => found !== undefined);
};

/** Of a fleet that is taken as it is: an instance that serves is taken out at once. */
export const targetHealthFor = async (
  elb: ElasticLoadBalancingV2Client,
  record: Pick<DeploymentRecord, 'strategy' | 'image' | 'imageFrom'>,
  { targetGroupArns }: Pick<Group, 'targetGroupArns'>,
): Promise<TargetHealth> =>
  imageFrom(record) === 'running' ? targetHealth(elb, targetGroupArns) : new Map();

/** The refresh of the group that is active, if one is. */
export const refreshOf = async (
  autoScaling: AutoScalingClient,
  group: string,
): Promise<MovingFacts['refresh']> => {
  // The newest come first, and only one can be active.
  const { InstanceRefreshes: refreshes = [] } = await autoScaling.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: group, MaxRecords: 5 }),
  );
  const found = refreshes.find(isActive);
  return found && { id: found.InstanceRefreshId ?? '', status: found.Status ?? '' };
};

export const imageOf = async (ec2: EC2Client, id: string): Promise<PreflightFacts['image']> => {
  try {
    const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));
    return { id, state: image?.State, architecture: image?.Architecture };
  } catch (error) {
    if (nameOf(error).startsWith('InvalidAMIID')) return { id, state: undefined, architecture: undefined };
    throw error;
  }
};

export const agentsOf = async (ssm: SSMClient, ids: readonly string[]): Promise<Map<string, Agent>> => {
  const agents = new Map<string, Agent>();
  // AWS takes at most 100 values in a filter of instance ids.
  await Promise.all(
    chunks(ids, 100).map(async (values) => {
      const pages = paginateDescribeInstanceInformation(
        { client: ssm, pageSize: 50 },
        { Filters: [{ Key: 'InstanceIds', Values: values }] },
      );
      for await (const page of pages)
        for (const info of page.InstanceInformationList ?? [])
          agents.set(info.InstanceId ?? '', {
            ping: info.PingStatus ?? '',
            version: info.AgentVersion ?? '0',
            ...(info.PlatformType !== undefined && { platform: info.PlatformType }),
          });
    }),
  );
  return agents;
};
