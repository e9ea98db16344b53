import { paginateListExecutions, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Core } from '../engine/core';
import type { DeploymentRecord } from '../engine/record';
import { endOfExecution, ownerOf } from '../engine/takeLock';

export interface RepairTools {
  readonly core: Core;
  readonly sfn: SFNClient;
}

/** Executions that ended longer ago were found before, or their event has arrived. */
const lookBackMs = 24 * 3_600_000;

/**
 * Finds what lost events of Step Functions would have reported: open records whose execution has ended, executions that
 * ended before they had a record, locks that could not be released, retained images whose time is over. Starts Mend for
 * each, unless it already runs.
 * @returns how many were started.
 */
export const repairStopped = async (tools: RepairTools): Promise<number> => {
  const { core, sfn } = tools;
  const [open, spare, unrecorded, locked] = await Promise.all([
    core.records.due('open'),
    core.records.due('spare'),
    withoutRecord(tools),
    notUnlocked(tools),
  ]);
  const expired = spare.filter(({ spareUntil }) => (spareUntil ?? Infinity) <= core.clock());
  const needed = await Promise.all(
    [...open, ...expired].map(async (record) =>
      (await needsRepair(record, sfn)) ? record.execution : undefined,
    ),
  );
  const executions = [
    ...new Set([...needed.filter((execution) => execution !== undefined), ...unrecorded, ...locked]),
  ];
  await Promise.all(executions.map((execution) => startMend(tools, execution)));
  return executions.length;
};

const needsRepair = async (record: DeploymentRecord, sfn: SFNClient): Promise<boolean> => {
  const [own, mender] = await Promise.all([
    endOfExecution(sfn, record.execution),
    record.mendedBy === undefined ? undefined : endOfExecution(sfn, record.mendedBy),
  ]);
  return own !== 'running' && mender !== 'running';
};

/** Executions that were stopped within the first second or two, before Accept had written a record. */
const withoutRecord = async ({ core, sfn }: RepairTools): Promise<string[]> => {
  const { deployMachineArn, rollbackMachineArn } = core.environment;
  const found: string[] = [];
  for (const stateMachineArn of [deployMachineArn, rollbackMachineArn])
    for (const statusFilter of ['ABORTED', 'TIMED_OUT'] as const) {
      const pages = paginateListExecutions({ client: sfn, pageSize: 100 }, { stateMachineArn, statusFilter });
      for await (const { executions = [] } of pages) {
        const recent = executions.filter(
          ({ stopDate }) => (stopDate?.getTime() ?? 0) > core.clock() - lookBackMs,
        );
        for (const { executionArn = '', name = '' } of recent)
          if (!(await core.records.peek(name))) found.push(executionArn);
        // AWS lists the newest first.
        if (recent.length < executions.length) break;
      }
    }
  return found;
};

/** Only the lock is left of these. The next deployment would take it over, too. */
const notUnlocked = async ({ core, sfn }: RepairTools): Promise<string[]> => {
  const found = await Promise.all(
    (await core.locks.held()).map(async (lock) => {
      if (lock.deployment === undefined || (await ownerOf(core, lock, sfn)) !== 'gone') return undefined;
      return (await core.records.peek(lock.deployment))?.execution;
    }),
  );
  return found.filter((execution) => execution !== undefined);
};

/** Each try is an execution of its own: RaiseFence makes sure that only one of them repairs. */
const startMend = async ({ core, sfn }: RepairTools, execution: string): Promise<void> => {
  const deployment = execution.slice(execution.lastIndexOf(':') + 1);
  await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: core.environment.mendMachineArn,
      // Step Functions takes 80 characters.
      name: `${deployment.slice(0, 60)}-${core
        .newId()
        .replace(/[^0-9A-Za-z]/g, '')
        .slice(0, 16)}`,
      input: JSON.stringify({ execution }),
    }),
  );
};
