import { holdOf, type StepContext } from '../../engine/context';
import type { LockItem } from '../../engine/lockItem';

/**
 * Agrees to leave the rollout to the rollback that asks for the lock, if one does. From then on the rollback cannot
 * take its wish back, so that one of the two undoes the rollout, and only one.
 */
export const agreeToHandOver = async (
  { core, record }: StepContext,
  lock: LockItem | undefined,
): Promise<{ deployment: string; owner: string } | undefined> => {
  if (record.kind === 'rollback' || lock?.halt?.handOver === undefined) return undefined;
  const handedTo = await core.locks.agreeToHandOver(holdOf(record, true));
  if (handedTo) await core.records.set(record.deployment, { handedTo });
  return handedTo;
};
