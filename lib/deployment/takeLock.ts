import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';
import type { StepContext } from './context';
import { DeploymentInProgress } from './errors';
import { type LockItem, longestFunctionTimeoutSeconds } from './lock';

/**
 * Takes the fleet's lock, also over from an owner that was seen to have ended, once nothing of it can still land.
 * @throws DeploymentInProgress
 */
export const takeLock = async (context: StepContext, sfn: SFNClient): Promise<{ fence: number }> => {
  const { core, record } = context;
  const wanted = {
    fleet: record.group,
    owner: record.execution,
    deployment: record.deployment,
    now: core.clock(),
  };
  let taken = await core.locks.take(wanted);
  if ('heldBy' in taken && (await hasEnded(taken.heldBy, sfn, wanted.now)))
    taken = await core.locks.take(wanted, taken.heldBy);
  if ('heldBy' in taken) {
    const { deployment, takenAt } = taken.heldBy;
    const since = takenAt === undefined ? '' : ` since ${new Date(takenAt).toISOString()}`;
    throw new DeploymentInProgress(
      `Fleet ${record.group} is locked by ${deployment ?? 'another execution'}${since}; ` +
        'one deployment or rollback runs per fleet. Wait for its end, then start again.',
    );
  }
  await core.records.set(record.deployment, { fence: taken.hold.fence });
  return { fence: taken.hold.fence };
};

/** Stopping an execution does not stop its Lambda: after the end, the longest function time-out has to pass. */
const hasEnded = async (lock: LockItem, sfn: SFNClient, now: number): Promise<boolean> => {
  if (lock.owner === undefined) return true;
  try {
    const { status, stopDate } = await sfn.send(new DescribeExecutionCommand({ executionArn: lock.owner }));
    if (status === 'RUNNING' || status === 'PENDING_REDRIVE' || stopDate === undefined) return false;
    return now - stopDate.getTime() >= longestFunctionTimeoutSeconds * 1000;
  } catch (error) {
    // Step Functions forgets executions 90 days after their end.
    if (error instanceof ExecutionDoesNotExist) return true;
    throw error;
  }
};
