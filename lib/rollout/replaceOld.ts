import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import { groupKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import { minHealthy, replaceNow, secondsUntilChange } from './arithmetic';
import { countsOf, type FleetView, isChecking } from './fleetView';
import { causesOfView, lostPatience, type PatienceMemo } from './patience';
import { choose, retire } from './retire';

/** What is remembered between two looks. Times are epoch ms. */
export interface ReplaceMemo extends Record<string, unknown>, PatienceMemo {
  /** Some instances were replaced one by one: their successors have to become healthy. */
  replacing: boolean;
  replacingSince: number;
  healthyBefore: number;
  /** Ids of the members that are no successors. */
  members: readonly string[];
  /** A healthy one was terminated, and no successor is known to be healthy yet. */
  trying: boolean;
  seen: string;
  quiet: number;
  /** Since when nothing has changed. */
  quietSince: number;
}

type Save = (memo: Partial<ReplaceMemo>) => Promise<void>;

/** How long a fleet may stand still while old instances are left, in milliseconds. */
const patienceMs = 30 * 60_000;

/** How a look ended: nobody is old any more, or something is to be waited for, or the rest cannot be replaced now. */
export type Replacing =
  'done' | { readonly stuck: string } | Extract<Progress, { waitFor: readonly string[] }>;

/**
 * Replaces the old instances of a view one for one, within the limits of health, and nobody else: the group launches
 * their successors. What is not healthy is replaced at once. Of the healthy ones a single one is given up first, and
 * the others only when a successor is healthy: where EC2 has no capacity left, what is healthy stays.
 */
export const replaceOld = async (
  context: StepContext,
  memo: Partial<ReplaceMemo>,
  save: Save,
  autoScaling: AutoScalingClient,
  view: FleetView,
): Promise<Replacing> => {
  const { settings, core } = context;
  const { group, old, fresh } = view;
  if (old.length === 0) return 'done';
  const counts = countsOf(view);
  const healthyBefore = memo.healthyBefore ?? counts.healthy;
  const members = memo.members ?? [...old, ...fresh].map(({ id }) => id);
  const successors = { ...view, fresh: fresh.filter(({ id }) => !members.includes(id)) };
  const seen = JSON.stringify([counts, fresh.length]);
  const isQuiet = seen === memo.seen;
  const now = core.clock();
  const quietSince = (isQuiet ? memo.quietSince : undefined) ?? now;
  const quiet = isQuiet ? (memo.quiet ?? 0) + 1 : 0;
  const replacingSince = memo.replacingSince ?? now;
  const stuck =
    now - quietSince > patienceMs
      ? 'Nothing has changed for half an hour.'
      : await successorTrouble(context, { ...memo, replacingSince }, save, autoScaling, successors);
  if (stuck !== undefined) return { stuck };
  const allowed = replaceNow({
    ...counts,
    fewestHealthy: minHealthy(group.desired, settings.rollout.minHealthyPercentage, healthyBefore),
    settled: counts.healthy >= group.desired,
  });
  const isProved = successors.fresh.some(({ id }) => view.healthy.has(id));
  const trying = memo.trying === true || allowed.healthy > 0;
  const healthy = isProved ? allowed.healthy : memo.trying === true ? 0 : Math.min(1, allowed.healthy);
  await save({ replacing: true, replacingSince, healthyBefore, members, trying, seen, quiet, quietSince });
  await retire(context, autoScaling, choose(view, { ...allowed, healthy }), false);
  return {
    waitFor: [groupKey(group.name)],
    expectedSeconds: secondsUntilChange(quiet, isChecking(view)),
    progress: `${String(old.length)} instance${old.length === 1 ? '' : 's'} still to be replaced`,
    why: () => causesOfView(autoScaling, view, replacingSince),
  };
};

/**
 * Why the successors do not come up: so many in a row died or stay unhealthy past their grace, or cannot be launched.
 * @param view its new instances are the successors.
 */
export const successorTrouble = (
  context: StepContext,
  memo: Partial<PatienceMemo> & { readonly replacingSince: number },
  save: (memo: Partial<PatienceMemo>) => Promise<void>,
  autoScaling: AutoScalingClient,
  view: FleetView,
): Promise<string | undefined> =>
  lostPatience(context, memo, save, autoScaling, {
    version: context.record.kind === 'rollback' ? context.record.version : context.record.baseline?.version,
    view,
    since: memo.replacingSince,
  });
