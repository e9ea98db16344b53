import { CloudWatchClient, GetDashboardCommand, PutDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { cloudWatchDashboard } from '../../lib/reporting/cloudWatchDashboard';
import { dashboardName, type DashboardFacts } from '../../lib/reporting/dashboard';
import type { Session } from '../session/session';

export interface DashboardChange {
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

/** Creates or updates the dashboard; one that is up to date is not written. */
export const putDashboard = async (session: Session, facts: DashboardFacts): Promise<DashboardChange> => {
  const client = session.connect(CloudWatchClient);
  const name = dashboardName(facts);
  const body = JSON.stringify(cloudWatchDashboard(facts));
  const before = await current(client, name);
  const answer = { dashboard: name, url: urlOf(facts, name) };
  if (before === body) return { ...answer, change: 'unchanged' };
  const { DashboardValidationMessages: messages = [] } = await client.send(
    new PutDashboardCommand({ DashboardName: name, DashboardBody: body }),
  );
  // CloudWatch stores the dashboard in spite of warnings, but does not show all of it.
  if (messages.length > 0)
    throw new Error(`CloudWatch took ${name} with warnings: ${JSON.stringify(messages)}`);
  return { ...answer, change: before === undefined ? 'created' : 'changed' };
};
