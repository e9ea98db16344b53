import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { findAlarms } from '../../lib/aws/alarms';
import type { DeploymentRecord } from '../../lib/engine/record';
import type { DashboardFacts } from '../../lib/reporting/dashboard';
import { alarmNames } from '../../lib/scaling/names';
import { storesOf } from './deployments';
import { checkApplication } from './applications';
import { UsageError } from '../terminal/errors';
import type { Session } from '../session/session';

/** `targetgroup/api/0123` of `arn:...:targetgroup/api/0123`: the value of CloudWatch's dimension. */
const afterColon = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

/** The target groups behind Application Load Balancers; other load balancers have metrics of other names. */
const targetGroupsOf = async (
  session: Session,
  arns: readonly string[],
): Promise<DashboardFacts['targetGroups']> => {
  if (arns.length === 0) return [];
  const { TargetGroups: found = [] } = await session
    .connect(ElasticLoadBalancingV2Client)
    .send(new DescribeTargetGroupsCommand({ TargetGroupArns: [...arns] }));
  return found.flatMap(({ TargetGroupArn: arn = '', LoadBalancerArns: balancers = [] }) =>
    balancers
      .map((balancer) => afterColon(balancer).replace(/^loadbalancer\//, ''))
      .filter((balancer) => balancer.startsWith('app/'))
      .map((loadBalancer) => ({ targetGroup: afterColon(arn), loadBalancer })),
  );
};

/** ARNs of the alarms that gate the application's releases, and of those that Forseti made for it. */
const alarmsOf = async (session: Session, prefix: string, named: readonly string[]): Promise<string[]> => {
  const client = session.connect(CloudWatchClient);
  const wanted = [{ AlarmNamePrefix: prefix }, ...(named.length === 0 ? [] : [{ AlarmNames: [...named] }])];
  const found = await Promise.all(wanted.map((where) => findAlarms(client, where)));
  return [...new Set(found.flatMap(({ all }) => all.flatMap(({ AlarmArn: arn }) => arn ?? [])))].sort();
};

const labelOf = ({ kind, version, outcome }: DeploymentRecord): string =>
  kind === 'rollback'
    ? `back to ${version}`
    : outcome === 'Deployed'
      ? version
      : `${version} ${outcome ?? ''}`;

/** The ends that a graph marks: those of deployments and rollbacks that touched the fleet. */
const endsOf = (records: readonly DeploymentRecord[]): DashboardFacts['ends'] =>
  records.flatMap((record) =>
    record.closedAt === undefined || ['Rejected', 'Superseded'].includes(record.outcome ?? '')
      ? []
      : [{ at: record.closedAt, label: labelOf(record), bad: record.outcome !== 'Deployed' }],
  );

/** What a dashboard of an application is made of. @throws RefusedEarly, UsageError. */
export const dashboardFacts = async (
  session: Session,
  stage: string,
  application: string,
): Promise<DashboardFacts> => {
  const { settings } = await checkApplication(session, application);
  const { AutoScalingGroups: [group] = [] } = await session
    .connect(AutoScalingClient)
    .send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [settings.group] }));
  if (!group)
    throw new UsageError(
      `The settings of ${application} name the Auto Scaling group ${settings.group}, which does not exist in ${session.region}.`,
    );
  const [targetGroups, alarms, latest] = await Promise.all([
    targetGroupsOf(session, settings.targetGroups ?? group.TargetGroupARNs ?? []),
    alarmsOf(
      session,
      `forseti-${stage}-${application}-`,
      alarmNames(stage, application, settings).map(({ fullName }) => fullName),
    ),
    storesOf(session).latest(application),
  ]);
  return {
    region: session.region,
    service: 'forseti',
    stage,
    application,
    group: settings.group,
    targetGroups,
    alarms,
    ends: endsOf(latest),
  };
};
