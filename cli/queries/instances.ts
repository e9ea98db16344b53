import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DescribeInstanceInformationCommand,
  type DescribeInstanceInformationCommandOutput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { nameOf } from '../../lib/aws/failure';
import type { Release } from '../../lib/engine/releases';
import { type DescribedInstance, instancesWhere } from '../../lib/fleet/instances';
import { tags as tagNames } from '../../lib/aws/tags';
import type { Session } from '../session/session';

export interface InstanceStatus {
  readonly id: string;
  readonly zone: string;
  readonly lifecycle: string;
  /** The worst health of all target groups; absent if the group has none. */
  readonly target?: string;
  /** Why it is not healthy, in AWS's own words. */
  readonly targetReason?: string;
  /** What Systems Manager says of its agent where that is not heard of any more: `ConnectionLost` or `Inactive`. */
  readonly agent?: string;
  /** From its tag, else from the release whose launch template version it was launched from. */
  readonly version?: string;
  readonly protected: boolean;
  /** Epoch milliseconds; absent of an instance that EC2 does not know any more. */
  readonly launchedAt?: number;
}

/** How a target group finds an instance. */
interface Target {
  readonly state: string;
  readonly reason?: string;
}

/** States of target health, the worst first: with several target groups, the worst one keeps traffic away. */
const order = ['unhealthy', 'draining', 'unused', 'initial', 'unavailable', 'healthy'];
const worst = (targets: readonly Target[]): Target | undefined =>
  [...targets].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))[0];

const targetHealth = async (session: Session, arns: readonly string[]): Promise<Map<string, Target[]>> => {
  const elb = session.connect(ElasticLoadBalancingV2Client);
  const found = new Map<string, Target[]>();
  const answers = await Promise.all(
    arns.map((arn) => elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }))),
  );
  for (const { TargetHealthDescriptions: targets = [] } of answers)
    for (const { Target: target, TargetHealth: health } of targets) {
      const id = target?.Id ?? '';
      const reason = [health?.Reason ?? [], health?.Description ?? []].flat().join(': ');
      found.set(id, [
        ...(found.get(id) ?? []),
        { state: health?.State ?? 'unknown', ...(reason !== '' && { reason }) },
      ]);
    }
  return found;
};

/**
 * The agents that Systems Manager does not hear of any more: few in the whole account, so that one call finds them. Who may
 * not ask sees the rest of the status.
 */
const deadAgents = async (session: Session): Promise<ReadonlyMap<string, string>> => {
  const ask = new DescribeInstanceInformationCommand({
    Filters: [{ Key: 'PingStatus', Values: ['ConnectionLost', 'Inactive'] }],
    MaxResults: 50,
  });
  const { InstanceInformationList: list = [] } = await session
    .connect(SSMClient)
    .send(ask)
    .catch((error: unknown) => {
      if (nameOf(error) !== 'AccessDeniedException') throw error;
      return {} as DescribeInstanceInformationCommandOutput;
    });
  return new Map(list.map(({ InstanceId: id = '', PingStatus: status = '' }) => [id, status]));
};

/**
 * What EC2 says of a group's instances, by id: their tags hold the version. The filter by Auto Scaling's own tag takes a call for a
 * thousand instances; a filter by ids takes one for two hundred.
 */
const describedIn = async (session: Session, group: string): Promise<Map<string, DescribedInstance>> => {
  const found = await instancesWhere(session.connect(EC2Client), [
    { Name: 'tag:aws:autoscaling:groupName', Values: [group] },
  ]);
  return new Map(found.map((instance) => [instance.id, instance]));
};

/** The group's instances; the releases tell the version of those without a tag. */
export const instancesOf = async (
  session: Session,
  group: AutoScalingGroup,
  releases: readonly Release[],
): Promise<InstanceStatus[]> => {
  const members = group.Instances ?? [];
  const [health, agents, described] = await Promise.all([
    targetHealth(session, group.TargetGroupARNs ?? []),
    members.length === 0 ? new Map<string, string>() : deadAgents(session),
    members.length === 0
      ? new Map<string, DescribedInstance>()
      : describedIn(session, group.AutoScalingGroupName ?? ''),
  ]);
  return members.map((member) => {
    const id = member.InstanceId ?? '';
    const from = member.LaunchTemplate;
    const target = worst(health.get(id) ?? []);
    const release = releases.find(
      ({ launchTemplate: { id: template, version } }) =>
        template === from?.LaunchTemplateId && version === from.Version,
    );
    const agent = agents.get(id);
    const instance = described.get(id);
    const version = instance?.tags[tagNames.version] ?? release?.version;
    return {
      id,
      zone: member.AvailabilityZone ?? '',
      lifecycle: member.LifecycleState ?? '',
      ...(target && { target: target.state }),
      ...(target?.reason !== undefined && target.state !== 'healthy' && { targetReason: target.reason }),
      ...(agent !== undefined && { agent }),
      ...(version !== undefined && { version }),
      protected: member.ProtectedFromScaleIn ?? false,
      ...(instance && { launchedAt: instance.launchedAt }),
    };
  });
};
