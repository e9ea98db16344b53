import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  type ExecutionListItem,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { until } from './checks';
import { account } from './emulators';
import { regions, type RegionName, type World } from './world';

/** The names after the service and the stage. */
export const machines = ['deploy', 'rollback', 'mend', 'switchoff', 'replace'] as const;
export type Machine = (typeof machines)[number];

export const machineArn = (machine: Machine, region: RegionName = regions.home): string =>
  `arn:aws:states:${region}:${account}:stateMachine:forseti-production-${machine}`;

/** A machine's executions, the newest first. */
export const executionsOf = async (
  { connect }: World,
  machine: Machine = 'deploy',
  region: RegionName = regions.home,
): Promise<ExecutionListItem[]> => {
  const { executions = [] } = await connect(SFNClient, region).send(
    new ListExecutionsCommand({ stateMachineArn: machineArn(machine, region) }),
  );
  return executions;
};

export const historyOf = async (
  { connect }: World,
  executionArn: string,
  region: RegionName = regions.home,
): Promise<HistoryEvent[]> => {
  const { events = [] } = await connect(SFNClient, region).send(
    new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
  );
  return events;
};

/** The states entered, in their order. */
export const pathOf = (events: readonly HistoryEvent[]): string[] =>
  events.flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []);

/** Waits for the end of an execution. */
export const endOf = async (
  { connect }: World,
  executionArn: string,
  region: RegionName = regions.home,
): Promise<DescribeExecutionOutput> => {
  const sfn = connect(SFNClient, region);
  return until(
    `The end of ${executionArn}`,
    () => sfn.send(new DescribeExecutionCommand({ executionArn })),
    ({ status }) => status !== 'RUNNING',
    120_000,
  );
};
