import { holdOf, type StepContext } from '../../engine/context';
import type { LockItem } from '../../engine/lockItem';

/**
 * If a rollback asks for the lock, agrees to leave the rollout to it. From then on the rollback cannot withdraw its
 * request, so that exactly one of the two undoes the rollout.
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
