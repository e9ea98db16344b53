import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../lib/application/store';
import { Table } from '../lib/aws/table';
import { type DeploymentRecord, Records, type StepItem } from '../lib/deployment/record';
import { UsageError } from './exitCodes';
import type { Session } from './session';

export interface InstanceStatus {
  readonly id: string;
  readonly zone: string;
  readonly lifecycle: string;
  /** The worst over all target groups; absent where the group has none. */
  readonly target?: string;
  /** By its tag. */
  readonly version?: string;
  readonly protected: boolean;
}

export interface Status {
  readonly application: string;
  readonly settingsVersion: number;
  readonly group: string;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly suspended: readonly string[];
  readonly launchTemplate?: string;
  readonly instances: readonly InstanceStatus[];
  /** The newest first. `at` is epoch ms. */
  readonly activities: readonly {
    readonly at: number;
    readonly status: string;
    readonly description: string;
  }[];
  /** The one that runs, else the newest; running where it has no outcome. */
  readonly deployment?: {
    readonly deployment: string;
    readonly version: string;
    readonly acceptedAt: number;
    readonly closedAt?: number;
    readonly outcome?: string;
    readonly step?: string;
    readonly progress?: string;
  };
}

/** Of several target groups, the one that keeps traffic away tells. */
const order = ['unhealthy', 'draining', 'unused', 'initial', 'unavailable', 'healthy'];
const worst = (states: readonly string[]): string | undefined =>
  [...states].sort((a, b) => order.indexOf(a) - order.indexOf(b))[0];

const targetHealth = async (session: Session, arns: readonly string[]): Promise<Map<string, string[]>> => {
  const elb = session.connect(ElasticLoadBalancingV2Client);
  const found = new Map<string, string[]>();
  const answers = await Promise.all(
    arns.map((arn) => elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }))),
  );
  for (const { TargetHealthDescriptions: targets = [] } of answers)
    for (const { Target: target, TargetHealth: health } of targets) {
      const id = target?.Id ?? '';
      found.set(id, [...(found.get(id) ?? []), health?.State ?? 'unknown']);
    }
  return found;
};

/** Ids in batches: a filter takes 200 values, and pages are avoided. */
const versionTags = async (session: Session, ids: readonly string[]): Promise<Map<string, string>> => {
  const ec2 = session.connect(EC2Client);
  const found = new Map<string, string>();
  for (let start = 0; start < ids.length; start += 200) {
    const { Reservations: reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({ InstanceIds: ids.slice(start, start + 200) }),
    );
    for (const instance of reservations.flatMap(({ Instances: instances = [] }) => instances)) {
      const version = instance.Tags?.find(({ Key: key }) => key === 'forseti:version')?.Value;
      if (version !== undefined) found.set(instance.InstanceId ?? '', version);
    }
  }
  return found;
};

/** So many of the latest deployments are searched for one that runs. */
const lookedAt = 10;

const newestDeployment = async (session: Session, application: string): Promise<Status['deployment']> => {
  const table = new Table<DeploymentRecord | StepItem>(
    session.connect(DynamoDBClient),
    session.names.deploymentsTable,
  );
  const latest = (await table.query(
    { expression: 'application = :application', values: { ':application': application } },
    { index: 'byApplication', backwards: true, limit: lookedAt },
  )) as DeploymentRecord[];
  // One that was refused meanwhile does not hide the one that runs.
  const newest = latest.find(({ outcome }) => outcome === undefined) ?? latest[0];
  if (!newest) return undefined;
  const { deployment, version, acceptedAt, closedAt, outcome } = newest;
  const running =
    outcome === undefined
      ? (await new Records(table).steps(deployment))
          .filter(({ endedAt }) => endedAt === undefined)
          .sort((a, b) => b.startedAt - a.startedAt)[0]
      : undefined;
  return {
    deployment,
    version,
    acceptedAt,
    ...(closedAt !== undefined && { closedAt }),
    ...(outcome !== undefined && { outcome }),
    ...(running && { step: running.item.slice('step#'.length) }),
    ...(running?.progress !== undefined && { progress: running.progress }),
  };
};

/** What an application's fleet looks like now. @throws UnknownApplication, UsageError where its group is gone. */
export const statusOf = async (session: Session, application: string, activities = 5): Promise<Status> => {
  const autoscaling = session.connect(AutoScalingClient);
  const { settings, version: settingsVersion } = await readSettings(
    session.connect(SSMClient),
    session.names.settingsPrefix,
    application,
  );
  const { AutoScalingGroups: [group] = [] } = await autoscaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [settings.group] }),
  );
  if (!group)
    throw new UsageError(
      `The settings of ${application} name the Auto Scaling group ${settings.group}, which does not exist in ${session.region}.`,
    );
  const members = group.Instances ?? [];
  const ids = members.map(({ InstanceId: id = '' }) => id);
  const [health, versions, latest, deployment] = await Promise.all([
    targetHealth(session, group.TargetGroupARNs ?? []),
    ids.length > 0 ? versionTags(session, ids) : new Map<string, string>(),
    autoscaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: settings.group, MaxRecords: activities }),
    ),
    newestDeployment(session, application),
  ]);
  const template =
    group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  return {
    application,
    settingsVersion,
    group: settings.group,
    desired: group.DesiredCapacity ?? 0,
    min: group.MinSize ?? 0,
    max: group.MaxSize ?? 0,
    suspended: (group.SuspendedProcesses ?? []).map(({ ProcessName: name = '' }) => name).sort(),
    ...(template && {
      launchTemplate: `${template.LaunchTemplateName ?? template.LaunchTemplateId ?? ''} version ${template.Version ?? '$Default'}`,
    }),
    instances: members.map((member) => {
      const id = member.InstanceId ?? '';
      const target = worst(health.get(id) ?? []);
      const version = versions.get(id);
      return {
        id,
        zone: member.AvailabilityZone ?? '',
        lifecycle: member.LifecycleState ?? '',
        ...(target !== undefined && { target }),
        ...(version !== undefined && { version }),
        protected: member.ProtectedFromScaleIn ?? false,
      };
    }),
    activities: (latest.Activities ?? []).slice(0, activities).map((activity) => ({
      at: activity.StartTime?.getTime() ?? 0,
      status: activity.StatusCode ?? '',
      description: activity.Description ?? '',
    })),
    ...(deployment && { deployment }),
  };
};
