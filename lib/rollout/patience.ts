import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import { RolloutFailed } from '../engine/errors';
import type { ApplicationSettings } from '../application/schema';
import { activitiesSince, failedLaunches } from '../fleet/activities';
import type { Group } from '../fleet/group';
import type { FleetView } from './fleetView';

/** What is remembered of newcomers between two looks. Times are epoch ms. */
export interface PatienceMemo {
  /** New instances that were not healthy at the last look: since when, and why in AWS's words. */
  newcomers: Record<string, { readonly since: number; readonly why?: string }>;
  /** Why those in a row that died before they were healthy did so. */
  died: string[];
}

/** So long any instance may take to boot, whatever its group says. */
const leastGraceSeconds = 300;

/** How long a new instance may stay unhealthy, in milliseconds. */
export const graceMsOf = (
  { graceSeconds }: Pick<Group, 'graceSeconds'>,
  { instanceWarmupSeconds }: ApplicationSettings['rollout'],
): number => Math.max(graceSeconds ?? 0, instanceWarmupSeconds, leastGraceSeconds) * 1000;

/** The newcomers after a look: those that are not healthy yet, those that died, and those past their grace. */
export const newcomersNow = (
  memo: Partial<PatienceMemo>,
  { fresh, healthy, reasons }: Pick<FleetView, 'fresh' | 'healthy' | 'reasons'>,
  graceMs: number,
  now: number,
) => {
  const before = memo.newcomers ?? {};
  const here = new Set(fresh.map(({ id }) => id));
  const newcomers: PatienceMemo['newcomers'] = Object.fromEntries(
    fresh
      .filter(({ id }) => !healthy.has(id))
      .map(({ id, lifecycle }) => {
        // A hook may hold it long before it is in service: its grace begins then.
        const since = lifecycle === 'InService' ? (before[id]?.since ?? now) : now;
        const why = reasons.get(id) ?? before[id]?.why;
        return [id, { since, ...(why !== undefined && { why }) }];
      }),
  );
  const cameUp = Object.keys(before).some((id) => healthy.has(id));
  const died = Object.entries(before)
    .filter(([id]) => !here.has(id))
    .map(([id, { why }]) => why ?? `${id} left the group before it was healthy`);
  const overdue = Object.entries(newcomers)
    .filter(([, { since }]) => now - since >= graceMs)
    .map(([id, { why }]) => why ?? `${id} is not healthy`);
  return { newcomers, died: [...(cameUp ? [] : (memo.died ?? [])), ...died], overdue };
};

/** Each reason once. */
export const uniqueReasons = (reasons: readonly string[]): string => [...new Set(reasons)].join('; ');

/**
 * Ends a rollout whose new instances do not come up: as many in a row as the settings allow died or stay unhealthy past
 * their grace, or could not be launched. Where the group is full and has not replaced the unhealthy ones for another
 * grace, it looks at no target groups: no more will come, and the rollout ends as well.
 * @throws RolloutFailed with what AWS says of them.
 */
export const checkNewcomers = async (
  { record, settings, core }: StepContext,
  memo: Partial<PatienceMemo> & { readonly raisedAt?: number },
  save: (change: Partial<PatienceMemo>) => Promise<void>,
  autoScaling: AutoScalingClient,
  view: FleetView,
): Promise<void> => {
  const { group, fresh, old } = view;
  const now = core.clock();
  const { maxFailedLaunches: most } = settings.rollout;
  const graceMs = graceMsOf(group, settings.rollout);
  const { newcomers, died, overdue } = newcomersNow(memo, view, graceMs, now);
  await save({ newcomers, died });
  const failed = [...died, ...overdue];
  const isFull = fresh.length + old.length >= group.desired;
  const isLeft = ({ id }: { readonly id: string }): boolean =>
    now - (newcomers[id]?.since ?? now) >= 2 * graceMs;
  const isStuck = isFull && fresh.length > 0 && fresh.every(isLeft);
  if (failed.length >= most || isStuck)
    throw new RolloutFailed(
      `New instances of ${record.version ?? 'the release'} in group ${group.name} do not become healthy (${String(failed.length)} in a row): ${uniqueReasons(failed)}.`,
    );
  const isComing = fresh.some(({ lifecycle }) => lifecycle !== 'InService');
  if (isFull || isComing || memo.raisedAt === undefined) return;
  const launches = failedLaunches(await activitiesSince(autoScaling, group.name, memo.raisedAt));
  if (launches.length >= most)
    throw new RolloutFailed(
      `${String(launches.length)} launches of group ${group.name} failed in a row: ${uniqueReasons(launches)}`,
    );
};
