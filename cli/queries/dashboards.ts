import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import {
  CloudWatchClient,
  GetDashboardCommand,
  type MetricAlarm,
  paginateDescribeAlarms,
  PutDashboardCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { DeploymentRecord } from '../../lib/engine/record';
import { cloudWatchDashboard } from '../../lib/reporting/cloudWatchDashboard';
import { dashboardName, type DashboardFacts } from '../../lib/reporting/dashboard';
import { alarmNames } from '../../lib/scaling/names';
import { storesOf } from './deployments';
import { checkApplication } from './applications';
import { UsageError } from '../terminal/exitCodes';
import type { Session } from '../session/session';

/** `targetgroup/api/0123`, of `arn:...:targetgroup/api/0123`, as CloudWatch names its dimension. */
const afterColon = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

/** Behind an Application Load Balancer only: others have metrics of other names. */
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

/** Those that gate its releases, and those that Forseti made for it. */
const alarmsOf = async (session: Session, prefix: string, named: readonly string[]): Promise<string[]> => {
  const client = session.connect(CloudWatchClient);
  const found: MetricAlarm[] = [];
  const wanted = [{ AlarmNamePrefix: prefix }, ...(named.length === 0 ? [] : [{ AlarmNames: [...named] }])];
  for (const where of wanted)
    for await (const page of paginateDescribeAlarms({ client }, where))
      found.push(...(page.MetricAlarms ?? []));
  return [...new Set(found.flatMap(({ AlarmArn: arn }) => arn ?? []))].sort();
};

const labelOf = ({ kind, version, outcome }: DeploymentRecord): string =>
  kind === 'rollback'
    ? `back to ${version}`
    : outcome === 'Deployed'
      ? version
      : `${version} ${outcome ?? ''}`;

/** Ends that touched the fleet; those of the last days fit into a graph. */
const endsOf = (records: readonly DeploymentRecord[]): DashboardFacts['ends'] =>
  records.flatMap((record) =>
    record.closedAt === undefined || ['Rejected', 'Superseded'].includes(record.outcome ?? '')
      ? []
      : [{ at: record.closedAt, label: labelOf(record), bad: record.outcome !== 'Deployed' }],
  );

/** All that a dashboard of an application is drawn of. @throws RefusedEarly, UsageError */
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

export interface PutAnswer {
  readonly dashboard: string;
  readonly change: 'created' | 'changed' | 'unchanged';
  readonly url: string;
}

const urlOf = ({ region }: DashboardFacts, name: string): string =>
  `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards:name=${name}`;

const current = async (client: CloudWatchClient, name: string): Promise<string | undefined> => {
  try {
    return (await client.send(new GetDashboardCommand({ DashboardName: name }))).DashboardBody;
  } catch (error) {
    if (['DashboardNotFoundError', 'ResourceNotFound'].includes((error as Error).name)) return undefined;
    throw error;
  }
};

/** Makes the dashboard, or brings it up to date; one that is as it should be stays untouched. */
export const putDashboard = async (session: Session, facts: DashboardFacts): Promise<PutAnswer> => {
  const client = session.connect(CloudWatchClient);
  const name = dashboardName(facts);
  const body = JSON.stringify(cloudWatchDashboard(facts));
  const before = await current(client, name);
  const answer = { dashboard: name, url: urlOf(facts, name) };
  if (before === body) return { ...answer, change: 'unchanged' };
  const { DashboardValidationMessages: messages = [] } = await client.send(
    new PutDashboardCommand({ DashboardName: name, DashboardBody: body }),
  );
  // CloudWatch keeps it all the same, but something of it does not show.
  if (messages.length > 0)
    throw new Error(`CloudWatch took ${name} with warnings: ${JSON.stringify(messages)}`);
  return { ...answer, change: before === undefined ? 'created' : 'changed' };
};
