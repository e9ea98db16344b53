import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { minHealthy, replaceNow, secondsUntilChange } from './arithmetic';
import { countsOf, type FleetView, isChecking } from './fleetView';
import { choose, retire } from './retire';
import { groupKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import type { StepContext } from '../engine/context';

export interface ReplaceMemo extends Record<string, unknown> {
  /** Some instances were replaced one by one: their successors have to become healthy. */
  replacing: boolean;
  healthyBefore: number;
  seen: string;
  quiet: number;
  /** Epoch ms since when nothing has changed. */
  quietSince: number;
}

/** How long a fleet may stand still while old instances are left, in milliseconds. */
const patienceMs = 30 * 60_000;

/**
 * Replaces the old instances of a view one for one, within the limits of health, and nobody else: the group launches
 * their successors. A playbook that fails on its first instance costs one instance, not the fleet.
 * @returns undefined if none is left.
 * @param failed what is thrown where the fleet has stood still for too long.
 */
export const replaceOld = async (
  context: StepContext,
  memo: Partial<ReplaceMemo>,
  save: (memo: Partial<ReplaceMemo>) => Promise<void>,
  autoScaling: AutoScalingClient,
  view: FleetView,
  failed: (message: string) => Error,
): Promise<Extract<Progress, { waitFor: readonly string[] }> | undefined> => {
  if (view.old.length === 0) return undefined;
  const { settings, core } = context;
  const counts = countsOf(view);
  const healthyBefore = memo.healthyBefore ?? counts.healthy;
  const seen = JSON.stringify([counts, view.fresh.length]);
  const isQuiet = seen === memo.seen;
  const quietSince = (isQuiet ? memo.quietSince : undefined) ?? core.clock();
  if (core.clock() - quietSince > patienceMs) throw failed(standsStill(view));
  const quiet = isQuiet ? (memo.quiet ?? 0) + 1 : 0;
  await save({ replacing: true, healthyBefore, seen, quiet, quietSince });
  const retirement = replaceNow({
    ...counts,
    fewestHealthy: minHealthy(view.group.desired, settings.rollout.minHealthyPercentage, healthyBefore),
    settled: counts.healthy >= view.group.desired,
  });
  await retire(context, autoScaling, choose(view, retirement), false);
  return {
    waitFor: [groupKey(view.group.name)],
    expectedSeconds: secondsUntilChange(quiet, isChecking(view)),
    progress: `${String(view.old.length)} instances still to be replaced`,
  };
};

const standsStill = ({ group, old, healthy }: FleetView): string =>
  `${String(old.length)} instances of group ${group.name} could not be replaced for half an hour, since only ${String(healthy.size)} of ${String(group.desired)} are healthy: ` +
  `${old
    .slice(0, 10)
    .map(({ id }) => id)
    .join(', ')}. What is healthy was left.`;
