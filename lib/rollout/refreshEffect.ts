import {
  type AutoScalingClient,
  type InstanceRefresh,
  RollbackInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import type { ActEnd } from '../engine/compensating';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effect';
import { defineEffect, type EffectRepair } from '../engine/effectKind';
import { aws, data, json, onceOver } from '../engine/repairCommand';
import { never, settleAs } from '../engine/settled';
import { refreshKey } from '../engine/waiting/resourceKeys';
import { cancelRefresh, isIrreversible, isOverAlready } from './endRefresh';
import { launchSource, type LaunchTemplateSource } from './launchSource';
import { preferencesBack } from './preferences';
import { findRefresh, findRefreshes, isActive, mayBeUnlisted } from './refreshes';

/** An instance refresh of the group. */
export interface RefreshShape {
  readonly kind: 'refresh';
  /** The group; `GROUP rest` for the second part of a rollout, `GROUP restore` for the way back. */
  readonly target: string;
  readonly before: null;
  /** What the refresh launches from. */
  readonly wrote: LaunchTemplateSource;
  readonly result: { readonly refreshId: string };
}

/** The target of the second of two refreshes, which runs after the approval. */
export const restTarget = (group: string): string => `${group} rest`;
/** The target of the compensation's refresh back to the baseline. */
export const restoreTarget = (group: string): string => `${group} restore`;

export const refreshEffect = defineEffect<RefreshShape>('refresh');

export const refreshRepair: EffectRepair<RefreshShape> = {
  of: refreshEffect,
  scope: 'instances',
  repair: ({ target, wrote }, { region, record: { group, baseline, settings } }) => {
    if (!baseline)
      return { lookAt: `See what the instances of group ${group} run: nobody knows what they ran before.` };
    const start = aws({ region }, 'autoscaling start-instance-refresh', {
      '--auto-scaling-group-name': data(group),
      '--desired-configuration': json(launchSource(wrote, baseline.launchTemplate)),
      // All are replaced, whatever their template says, within the health limits of every rollout.
      '--preferences': json(preferencesBack(settings.rollout, { skipMatching: false })),
    });
    if (target === restoreTarget(group)) return start;
    // The rollout's own refresh may still run; AWS runs one at a time.
    const cancel = aws({ region }, 'autoscaling cancel-instance-refresh', {
      '--auto-scaling-group-name': data(group),
    });
    return onceOver(cancel, start);
  },
};

/** The id noted for a refresh that was started; undefined while only the intent is known. */
export const refreshIdOf = (effect: Effect<RefreshShape> | undefined): string | undefined =>
  effect?.result?.refreshId;

/** Statuses that AWS leaves by itself, and in which it cannot be rolled back. */
const ending = new Set(['Cancelling', 'RollbackInProgress']);

/**
 * Stops the rollout's refreshes. If nothing was provisioned in place, AWS's own rollback is used: it replaces only what
 * the refresh has replaced. Else the refresh is cancelled, and Restore starts another. One refresh has to end before
 * the next can start.
 */
export const stopRefreshes = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effects: readonly Effect<RefreshShape>[],
  inPlace: boolean,
): Promise<ActEnd> => {
  const running = await Promise.all(
    effects
      .filter(({ target }) => target !== restoreTarget(context.record.group))
      .map((effect) => stopOne(context, autoScaling, effect, inPlace)),
  );
  const waitFor = running.flat();
  return waitFor.length > 0 ? { waitFor } : {};
};

const stopOne = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect<RefreshShape>,
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
  effect: Effect<RefreshShape>,
): Promise<InstanceRefresh | undefined> => {
  const known = refreshIdOf(effect);
  if (known !== undefined) return findRefresh(autoScaling, record.group, known);
  const { ours } = await findRefreshes(autoScaling, record.group, effect.wrote, record.acceptedAt);
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
