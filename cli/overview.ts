import { AutoScalingClient, paginateDescribeAutoScalingGroups } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readAllSettings } from '../lib/application/store';
import type { Session } from './session';

/** What there is in a region, as rows of kind, name and what matters of it. */
export const overviewOf = async (session: Session): Promise<string[][]> => {
  const rows: string[][] = [];
  const { settings, invalid } = await readAllSettings(
    session.connect(SSMClient),
    session.names.settingsPrefix,
  );
  for (const [name, { group, strategy }] of Object.entries(settings.applications))
    rows.push(['application', name, `group ${group}`, strategy]);
  for (const { fileName } of invalid) rows.push(['application', fileName, 'invalid']);
  for await (const page of paginateDescribeAutoScalingGroups(
    { client: session.connect(AutoScalingClient) },
    {},
  ))
    for (const group of page.AutoScalingGroups ?? []) {
      const inService = (group.Instances ?? []).filter(
        ({ LifecycleState: state }) => state === 'InService',
      ).length;
      const suspended = (group.SuspendedProcesses ?? [])
        .map(({ ProcessName: process }) => process)
        .join(', ');
      rows.push([
        'group',
        group.AutoScalingGroupName ?? '',
        `${String(inService)} in service, ${String(group.DesiredCapacity)} desired (${String(group.MinSize)} to ${String(group.MaxSize)})`,
        suspended && `suspended: ${suspended}`,
      ]);
    }
  for await (const page of paginateDescribeAlarms({ client: session.connect(CloudWatchClient) }, {}))
    for (const alarm of page.MetricAlarms ?? [])
      rows.push(['alarm', alarm.AlarmName ?? '', alarm.StateValue ?? '']);
  const { executions = [] } = await session
    .connect(SFNClient)
    .send(new ListExecutionsCommand({ stateMachineArn: session.names.machineArn, maxResults: 10 }));
  for (const { name = '', status = '', startDate } of executions)
    rows.push(['execution', name, status, startDate?.toISOString() ?? '']);
  return rows;
};
