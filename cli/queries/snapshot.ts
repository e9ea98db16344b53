import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  paginateGetExecutionHistory,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Table } from '../../lib/aws/table';
import { type DeploymentRecord, Records, type StepItem } from '../../lib/engine/record';
import type { Session } from '../session/session';
import { nameOfExecution } from './executions';
import { endedAt, type HistoryEvent, pathOf, type ExecutionStep, stepsOf } from './progress';

/** An execution at one moment. */
export interface ExecutionSnapshot {
  readonly running: boolean;
  readonly events: readonly HistoryEvent[];
  readonly steps: readonly ExecutionStep[];
  /** The names of all states entered, in their order. */
  readonly path: readonly string[];
  readonly execution: DescribeExecutionOutput;
  readonly record: DeploymentRecord | undefined;
}

/**
 * Reads an execution, its history and what the record notes of its steps.
 * @param repaired the deployment that the execution repairs, if it is one of the machine Mend.
 */
export const makePoll = (session: Session, executionArn: string, repaired?: string) => {
  const sfn = session.connect(SFNClient);
  const table = new Table<DeploymentRecord | StepItem>(
    session.connect(DynamoDBClient),
    session.names.deploymentsTable,
  );
  const records = new Records(table);
  const deployment = repaired ?? nameOfExecution(executionArn);
  return async (): Promise<ExecutionSnapshot> => {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const events: HistoryEvent[] = [];
    const pages = paginateGetExecutionHistory(
      { client: sfn },
      { executionArn, includeExecutionData: false, maxResults: 1_000 },
    );
    for await (const page of pages) events.push(...(page.events ?? []));
    const [record, items] = await Promise.all([records.find(deployment), records.steps(deployment)]);
    const progress = Object.fromEntries(
      items.flatMap(({ item, progress: text }) =>
        text === undefined ? [] : [[item.slice('step#'.length), text]],
      ),
    );
    // The record of a request that was refused before its settings were read has no strategy.
    const plan = record?.strategy === undefined || repaired !== undefined ? undefined : record;
    const steps = stepsOf(events, plan, progress);
    const running = execution.status === 'RUNNING';
    return {
      running,
      events,
      steps: running ? steps : endedAt(steps, execution.stopDate?.getTime() ?? session.now()),
      path: pathOf(events),
      execution,
      record,
    };
  };
};
