import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { namesOf } from '../../../lib/aws/stackNames';
import { overviewOf } from '../../../cli/queries/overview';
import type { Session } from '../../../cli/session/session';

const sfn = mockClient(SFNClient);
const startDate = new Date(Date.UTC(2026, 10, 22, 8));

const session: Session = {
  region: 'eu-west-1',
  stage: 'production',
  names: namesOf({ region: 'eu-west-1', account: '111122223333', stage: 'production' }),
  requestedBy: 'dana',
  local: true,
  connect: (Class) => new Class({ region: 'eu-west-1' }),
  connectIn: (region, Class) => new Class({ region }),
  now: () => startDate.getTime(),
  sleep: async () => undefined,
  newId: () => 'id',
  close: async () => undefined,
};

beforeEach(() => {
  sfn.reset();
  mockClient(SSMClient).on(GetParametersByPathCommand).resolves({ Parameters: [] });
  mockClient(AutoScalingClient).on(DescribeAutoScalingGroupsCommand).resolves({ AutoScalingGroups: [] });
  mockClient(CloudWatchClient).on(DescribeAlarmsCommand).resolves({ MetricAlarms: [] });
});

test.each([
  [{ status: 'RUNNING' }, 'RUNNING'],
  [{ status: 'SUCCEEDED' }, 'Deployed'],
  [{ status: 'FAILED', error: 'Rejected' }, 'Rejected'],
  [{ status: 'FAILED', error: 'RolledBack' }, 'RolledBack'],
  [{ status: 'FAILED', error: 'Dirty' }, 'Dirty'],
  [{ status: 'FAILED', error: 'Superseded' }, 'Superseded'],
  [{ status: 'FAILED', error: 'States.Runtime' }, 'FAILED'],
  [{ status: 'ABORTED' }, 'ABORTED'],
  [{ status: 'TIMED_OUT' }, 'TIMED_OUT'],
] as const)('An execution that is %j is shown as %s', async (execution, shown) => {
  const executionArn = 'arn:aws:states:eu-west-1:111122223333:execution:forseti-production-deploy:api-v2-1';
  const listed = { executionArn, name: 'api-v2-1', status: execution.status, startDate } as ExecutionListItem;
  sfn.on(ListExecutionsCommand).resolves({ executions: [] });
  sfn
    .on(ListExecutionsCommand, { stateMachineArn: session.names.machineArn })
    .resolves({ executions: [listed] });
  sfn.on(DescribeExecutionCommand, { executionArn }).resolves({ ...execution, cause: '{}' });
  expect(await overviewOf(session)).toEqual([
    ['execution', 'api-v2-1', shown, '2026-11-22T08:00:00.000Z', 'deploy'],
  ]);
});

test('Deployments, rollbacks and repairs are in one list, the newest first; a repair has deployed nothing', async () => {
  const machines = ['machineArn', 'rollbackMachineArn', 'mendMachineArn'] as const;
  machines.forEach((machine, index) => {
    const stateMachineArn = session.names[machine];
    const name = `e${String(index)}`;
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const listed = {
      executionArn,
      name,
      status: 'SUCCEEDED',
      startDate: new Date(startDate.getTime() + index),
    } as ExecutionListItem;
    sfn.on(ListExecutionsCommand, { stateMachineArn }).resolves({ executions: [listed] });
    sfn.on(DescribeExecutionCommand, { executionArn }).resolves({ status: 'SUCCEEDED', executionArn });
  });
  const rows = await overviewOf(session);
  expect(rows.map(([, name, end, , machine]) => [name, end, machine])).toEqual([
    ['e2', 'SUCCEEDED', 'mend'],
    ['e1', 'RolledBack', 'rollback'],
    ['e0', 'Deployed', 'deploy'],
  ]);
});
