import {
  type AutoScalingClient,
  type InstanceRefresh,
  RollbackInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import { cancelRefresh, isIrreversible, isOverAlready } from './endRefresh';
import { findRefresh, isActive, findRefreshes, mayBeUnlisted, refreshIdOf } from './refreshes';
import { refreshKey } from '../engine/waiting/resourceKeys';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effects';
import type { LaunchTemplateRef } from '../engine/record';
import { never, settleAs } from '../engine/settled';

/** Statuses that AWS still moves on from by itself, and refuses to cancel or roll back. */
const ending = new Set(['Cancelling', 'RollbackInProgress']);

/**
 * Stops the rollout's refresh. AWS's own rollback is used where nothing was provisioned in place (it replaces only what
 * the refresh has replaced); else the refresh is cancelled and Restore starts another.
 * @returns the things to wait for: one refresh has to be over before the next can start.
 */
export const stopRefresh = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect,
  inPlace: boolean,
): Promise<string[]> => {
  const refresh = await find(context, autoScaling, effect);
  if (!refresh) {
    if (effect.state === 'intended') await settleAs(context.core, effect, never);
    else if (mayBeUnlisted(effect.intendedAt, context.core.clock()))
      return [refreshKey(refreshIdOf(effect) ?? '')];
    return [];
  }
  const id = refresh.InstanceRefreshId ?? '';
  if (effect.state === 'intended')
    await context.core.effects.settle(effect, 'done', { result: { refreshId: id } });
  if (!isActive(refresh)) return [];
  if (!ending.has(refresh.Status ?? '')) await stop(context, autoScaling, inPlace);
  return [refreshKey(id)];
};

const find = async (
  { record }: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect,
): Promise<InstanceRefresh | undefined> => {
  const known = refreshIdOf(effect);
  if (known !== undefined) return findRefresh(autoScaling, record.group, known);
  const { ours } = await findRefreshes(
    autoScaling,
    record.group,
    effect.wrote as LaunchTemplateRef,
    record.acceptedAt,
  );
  return ours;
};

const stop = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  inPlace: boolean,
): Promise<void> => {
  const { group } = context.record;
  await context.guard();
  try {
    if (!inPlace) {
      await autoScaling.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: group }));
      return;
    }
  } catch (error) {
    if (isOverAlready(error)) return;
    if (!isIrreversible(error)) throw error;
  }
  await cancelRefresh(autoScaling, group);
};
