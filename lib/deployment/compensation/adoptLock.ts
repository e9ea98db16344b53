import type { StepContext } from '../../engine/context';

/**
 * Where a rollback that failed while it halted a deployment stands to the lock.
 * `none`: it does not ask for the lock any more, and the deployment undoes everything itself.
 * `coming`: the deployment has agreed, and hands the lock over when it is ready.
 * `adopted`: it got the lock just now, so its fence has to be read again.
 * `ours`: it holds the lock.
 */
export const adoptLock = async ({
  core,
  record,
}: StepContext): Promise<'none' | 'coming' | 'adopted' | 'ours'> => {
  const lock = await core.locks.read(record.group);
  if (lock?.owner === (record.holder?.owner ?? record.execution)) {
    if (record.holder !== undefined || record.fence === lock.fence) return 'ours';
    await core.records.set(record.deployment, { fence: lock.fence });
    return 'adopted';
  }
  if (lock?.halt?.handOver?.owner !== record.execution) return 'none';
  return (await core.locks.withdraw(record.group, record.execution)) ? 'none' : 'coming';
};
