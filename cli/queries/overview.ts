import { AutoScalingClient, paginateDescribeAutoScalingGroups } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type ExecutionListItem,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { findAlarms } from '../../lib/aws/alarms';
import { readAllSettings } from '../../lib/application/store';
import { endingOf } from './ending';
import { machineOf } from './executions';
import type { Session } from '../session/session';

/** An execution's outcome (`RolledBack`) if it has ended and told one, else Step Functions' status. */
const endOf = async (sfn: SFNClient, { executionArn, status }: ExecutionListItem): Promise<string> => {
  if (status === undefined || status === 'RUNNING') return status ?? '';
  // A repair that succeeded has deployed nothing, so it has no outcome.
  if (executionArn !== undefined && machineOf(executionArn) === 'mend') return status;
  const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const { outcome } = endingOf({ ...execution, executionArn });
  return outcome === 'Unknown' ? status : outcome;
};

/** This many executions are listed. */
const maxExecutions = 10;

/** The latest executions of the machines that deploy, roll back and repair; the newest first. */
const latestExecutions = async (
  { names: { machineArn, rollbackMachineArn, mendMachineArn } }: Session,
  sfn: SFNClient,
): Promise<ExecutionListItem[]> => {
  const lists = await Promise.all(
    [machineArn, rollbackMachineArn, mendMachineArn].map((stateMachineArn) =>
      sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: maxExecutions })),
    ),
  );
  return lists
    .flatMap(({ executions = [] }) => executions)
    .sort((a, b) => (b.startDate?.getTime() ?? 0) - (a.startDate?.getTime() ?? 0))
    .slice(0, maxExecutions);
};

/** What there is in a region, as rows: kind, name and details. */
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
  const { all: alarms } = await findAlarms(session.connect(CloudWatchClient), {});
  for (const alarm of alarms) rows.push(['alarm', alarm.AlarmName ?? '', alarm.StateValue ?? '']);
  const sfn = session.connect(SFNClient);
  for (const execution of await latestExecutions(session, sfn))
    rows.push([
      'execution',
      execution.name ?? '',
      await endOf(sfn, execution),
      execution.startDate?.toISOString() ?? '',
      machineOf(execution.executionArn ?? ''),
    ]);
  return rows;
};
