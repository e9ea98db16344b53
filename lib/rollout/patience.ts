import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import { activitiesSince, failedLaunches } from '../fleet/activities';
import { causesOf } from '../fleet/causes';
import type { Member } from '../fleet/group';
import type { FleetView } from './fleetView';

/** What is remembered of newcomers between two looks. Times are epoch ms. */
export interface PatienceMemo {
  /** New instances that were not healthy at the last look: since when, and why in AWS's words. */
  newcomers: Record<string, { readonly since: number; readonly why?: string }>;
  /** Those that died before they were healthy: since when they had been in service, and why. */
  lost: readonly { readonly since: number; readonly why: string }[];
  /** How many new instances were healthy. */
  up: number;
  /** When one last became healthy. */
  cameUpAt: number;
  /** Some were launched. */
  launched: boolean;
}

/** So long any instance may take to boot, whatever its group says. */
const leastGraceSeconds = 300;

/** How long a newcomer may be unhealthy: as long as its group waits with health checks, at least 5 minutes. */
export const graceMsOf = (
  { graceSeconds = 0 }: { readonly graceSeconds?: number },
  { instanceWarmupSeconds }: { readonly instanceWarmupSeconds: number },
): number => Math.max(graceSeconds, instanceWarmupSeconds, leastGraceSeconds) * 1000;

type Seen = Pick<FleetView, 'fresh' | 'healthy' | 'reasons'>;

/**
 * The newcomers after a look, and why those failed that count: in a row are those that died, or stay unhealthy past their
 * grace, since the last one that became healthy. Those that came into service before it are of the same batch.
 */
export const newcomersNow = (
  memo: Partial<PatienceMemo>,
  { fresh, healthy, reasons }: Seen,
  graceMs: number,
  now: number,
): { readonly memo: Omit<PatienceMemo, 'cameUpAt'> & Partial<PatienceMemo>; readonly failed: string[] } => {
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
  const up = fresh.filter(({ id }) => healthy.has(id)).length;
  const cameUp = up > (memo.up ?? 0) || Object.keys(before).some((id) => healthy.has(id));
  const cameUpAt = cameUp ? now : memo.cameUpAt;
  const isInRow = ({ since }: { readonly since: number }): boolean =>
    cameUpAt === undefined || since > cameUpAt;
  const died = Object.entries(before)
    .filter(([id]) => !here.has(id))
    .map(([id, { since, why }]) => ({ since, why: why ?? `${id} left the group before it was healthy` }));
  const lost = [...(memo.lost ?? []), ...died].filter(isInRow);
  const overdue = Object.entries(newcomers)
    .filter(([, one]) => isInRow(one) && now - one.since >= graceMs)
    .map(([id, { why }]) => why ?? `${id} is not healthy`);
  return {
    memo: {
      newcomers,
      lost,
      up,
      launched: memo.launched === true || fresh.length > 0,
      ...(cameUpAt !== undefined && { cameUpAt }),
    },
    failed: [...lost.map(({ why }) => why), ...overdue],
  };
};

/** Each reason once. */
export const uniqueReasons = (reasons: readonly string[]): string => [...new Set(reasons)].join('; ');

/**
 * Where every newcomer that is not healthy has been so for another grace, and the group has not replaced them, no more will
 * come.
 */
const isStuck = (newcomers: PatienceMemo['newcomers'], graceMs: number, now: number): boolean => {
  const all = Object.values(newcomers);
  return all.length > 0 && all.every(({ since }) => now - since >= 2 * graceMs);
};

const isHere = ({ lifecycle }: Member): boolean => /^(InService|Pending)/.test(lifecycle);

const isLeaving = ({ lifecycle }: Member): boolean => /^Terminating:(Wait|Proceed)$/.test(lifecycle);

export interface Patience {
  /** What the newcomers run: `v2`. */
  readonly version: string | undefined;
  readonly view: FleetView;
  /** Launches that failed since then count; epoch ms. */
  readonly since: number;
  /** The group launches beyond its desired capacity, so that a full group may wait for a launch too. */
  readonly launchesAhead?: boolean;
}

/**
 * The one rule of every rollout, rollback and way back: as many new instances in a row as the settings allow died, stay
 * unhealthy past their grace, or could not be launched. Then nothing more is waited for.
 * @returns why, in AWS's own words; undefined while it goes on.
 */
export const lostPatience = async (
  { settings, core }: Pick<StepContext, 'settings' | 'core'>,
  memo: Partial<PatienceMemo>,
  save: (change: Partial<PatienceMemo>) => Promise<void>,
  autoScaling: AutoScalingClient,
  { version, view, since, launchesAhead = false }: Patience,
): Promise<string | undefined> => {
  const { group, fresh } = view;
  const now = core.clock();
  const { maxFailedLaunches: most } = settings.rollout;
  const graceMs = graceMsOf(group, settings.rollout);
  const { memo: noted, failed } = newcomersNow(memo, view, graceMs, now);
  if (JSON.stringify(noted) !== JSON.stringify(pick(memo))) await save(noted);
  const isFull = group.instances.filter(isHere).length >= group.desired;
  const { newcomers } = noted;
  if (failed.length >= most || (isFull && isStuck(newcomers, graceMs, now))) {
    const reasons = failed.length > 0 ? failed : Object.values(newcomers).map(({ why = '' }) => why);
    return `New instances of ${version ?? 'the release'} in group ${group.name} do not become healthy (${String(reasons.length)} in a row): ${uniqueReasons(reasons)}.`;
  }
  const isComing = fresh.some(({ lifecycle }) => lifecycle !== 'InService');
  if ((isFull && !launchesAhead) || isComing) return undefined;
  const launches = failedLaunches(await activitiesSince(autoScaling, group.name, since));
  return launches.length >= most
    ? `${String(launches.length)} launches of group ${group.name} failed in a row: ${uniqueReasons(launches)}`
    : undefined;
};

const pick = ({ newcomers, lost, up, launched, cameUpAt }: Partial<PatienceMemo>) => ({
  newcomers,
  lost,
  up,
  launched,
  ...(cameUpAt !== undefined && { cameUpAt }),
});

/** What keeps a rollout that goes on: see lib/fleet/causes.ts. */
export const causesOfView = (
  autoScaling: AutoScalingClient,
  { group, fresh, old, healthy, reasons }: FleetView,
  since: number,
  launchesAhead = false,
): Promise<string | undefined> =>
  causesOf({ autoScaling, group, reasons, since, launchesAhead }, [
    ...[...fresh, ...old].filter(({ id }) => !healthy.has(id)),
    // A refresh goes on only when those that it terminates are gone.
    ...(launchesAhead ? group.instances.filter(isLeaving) : []),
  ]);

/** Whether a rollout launched instances, and none of them ever became healthy; of its steps' memos. */
export const neverHealthy = (memos: readonly (Record<string, unknown> | undefined)[]): boolean => {
  // A refresh keeps its own newcomers apart from those of AWS's rollback of it.
  const rollouts = memos.map((memo) => (memo?.forward ?? memo ?? {}) as Partial<PatienceMemo>);
  return (
    rollouts.some(({ launched }) => launched === true) &&
    rollouts.every(({ up = 0, cameUpAt }) => up === 0 && cameUpAt === undefined)
  );
};
