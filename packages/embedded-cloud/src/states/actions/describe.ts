import type {
  DescribeExecutionCommandInput,
  DescribeExecutionOutput,
  DescribeStateMachineCommandInput,
  DescribeStateMachineOutput,
  ListExecutionsCommandInput,
  ListExecutionsOutput,
  ListStateMachinesCommandInput,
  ListStateMachinesOutput,
} from '@aws-sdk/client-sfn';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { redriveCount, redrivenAt, redriveStatus } from '../redrive';
import type { Execution } from '../state';
import { findExecution, findMachine, type Get, needs, pageOf } from './find';

const summary = (execution: Execution) => {
  const { arn, machineArn, name, status, startedAt, stoppedAt } = execution;
  const redriven = redrivenAt(execution);
  return {
    executionArn: arn,
    stateMachineArn: machineArn,
    name,
    status,
    startDate: new Date(startedAt),
    ...(stoppedAt === undefined ? {} : { stopDate: new Date(stoppedAt) }),
    redriveCount: redriveCount(execution),
    ...(redriven === undefined ? {} : { redriveDate: new Date(redriven) }),
  };
};

const outcome = ({ output, error, cause }: Execution) => ({
  ...(output === undefined ? {} : { output, outputDetails: { included: true } }),
  ...(error === undefined ? {} : { error }),
  ...(cause === undefined ? {} : { cause }),
});

export const describeExecution = (
  get: Get,
): Action<DescribeExecutionCommandInput, DescribeExecutionOutput> => ({
  requires: ({ executionArn }) => needs('DescribeExecution', executionArn),
  run: ({ executionArn }, region) => {
    const execution = findExecution(get(), executionArn);
    return {
      ...summary(execution),
      input: execution.input,
      inputDetails: { included: true },
      ...redriveStatus(execution, region.now()),
      ...outcome(execution),
    } satisfies DescribeExecutionOutput;
  },
});

const statuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];

/** Newest first. Filtered by machine, and by status or by whether they were redriven. */
export const listExecutions = (get: Get): Action<ListExecutionsCommandInput, ListExecutionsOutput> => ({
  requires: ({ stateMachineArn }) => needs('ListExecutions', stateMachineArn),
  run: ({ stateMachineArn, statusFilter, redriveFilter, nextToken, maxResults }) => {
    if (stateMachineArn === undefined)
      throw new AwsError('ValidationException', 'Must specify stateMachineArn.');
    if (statusFilter !== undefined && !statuses.includes(statusFilter))
      throw new AwsError(
        'ValidationException',
        `Value '${statusFilter}' at 'statusFilter' must be one of ${statuses.join(', ')}`,
      );
    const machine = findMachine(get(), stateMachineArn);
    const isWanted = (execution: Execution) =>
      execution.machineArn === machine.arn &&
      execution.status === (statusFilter ?? execution.status) &&
      (redriveFilter === undefined || (redriveFilter === 'REDRIVEN') === redriveCount(execution) > 0);
    const all = Object.values(get().executions).filter(isWanted).reverse();
    const page = pageOf(all, nextToken, maxResults);
    const more = page.nextToken === undefined ? {} : { nextToken: page.nextToken };
    return { executions: page.items.map(summary), ...more } satisfies ListExecutionsOutput;
  },
});

export const describeStateMachine = (
  get: Get,
): Action<DescribeStateMachineCommandInput, DescribeStateMachineOutput> => ({
  requires: ({ stateMachineArn }) => needs('DescribeStateMachine', stateMachineArn),
  run: ({ stateMachineArn }) => {
    const { arn, name, definition, roleArn, createdAt } = findMachine(get(), stateMachineArn);
    return {
      stateMachineArn: arn,
      name,
      status: 'ACTIVE',
      definition: JSON.stringify(definition),
      roleArn,
      type: 'STANDARD',
      creationDate: new Date(createdAt),
    } satisfies DescribeStateMachineOutput;
  },
});

export const listStateMachines = (
  get: Get,
): Action<ListStateMachinesCommandInput, ListStateMachinesOutput> => ({
  requires: () => needs('ListStateMachines', '*'),
  run: ({ nextToken, maxResults }) => {
    const page = pageOf(Object.values(get().machines), nextToken, maxResults);
    const stateMachines = page.items.map(({ arn, name, createdAt }) => ({
      stateMachineArn: arn,
      name,
      type: 'STANDARD' as const,
      creationDate: new Date(createdAt),
    }));
    const more = page.nextToken === undefined ? {} : { nextToken: page.nextToken };
    return { stateMachines, ...more } satisfies ListStateMachinesOutput;
  },
});
