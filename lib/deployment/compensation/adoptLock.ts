import type { StepContext } from '../../engine/context';

/**
 * How a rollback that failed while it halted a deployment stands to the lock: `none` (its wish is taken back, the
 * deployment undoes everything itself), `coming` (the deployment has agreed, and hands it over when it is ready), `adopted` (just now: its fence has to be
 * read again), or `ours`.
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
