import type { AutoScalingClient, InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import { refreshKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import { findRefresh, isActive, mayBeUnlisted, progressOf } from './refreshes';

/** What a step that follows a refresh remembers from one poll to the next. */
export interface RefreshMemo extends Record<string, unknown> {
  refreshId: string;
  /** Epoch ms. */
  refreshStartedAt: number;
  /** Instances to replace when it began. */
  total: number;
  /** Of a rollback: it is settled from which launch template version the fleet is launched. */
  aimed: boolean;
}

export type SaveRefresh = (memo: Partial<RefreshMemo>) => Promise<void>;

/**
 * Polls the refresh that was started.
 * @returns what to wait for while it goes on, or is not listed yet; else the refresh as it ended, undefined if AWS does
 *   not know it any more.
 */
export const followRefresh = async (
  { record, core }: StepContext,
  memo: Partial<RefreshMemo>,
  save: SaveRefresh,
  autoScaling: AutoScalingClient,
): Promise<Extract<Progress, { waitFor: readonly string[] }> | { ended: InstanceRefresh | undefined }> => {
  const id = memo.refreshId ?? '';
  const refresh = await findRefresh(autoScaling, record.group, id);
  if (!refresh && mayBeUnlisted(memo.refreshStartedAt, core.clock())) return { waitFor: [refreshKey(id)] };
  if (!refresh || !isActive(refresh)) return { ended: refresh };
  const total = Math.max(memo.total ?? 0, refresh.InstancesToUpdate ?? 0);
  if (total !== (memo.total ?? 0)) await save({ total });
  const progress = progressOf(refresh, total);
  return { waitFor: [refreshKey(id)], ...(progress !== undefined && { progress }) };
};
