import type { InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { StepContext } from '../engine/context';
import { refreshKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import { type FleetClients, type FleetView, viewLaunchedSince } from './fleetView';
import { causesOfView, lostPatience, type PatienceMemo } from './patience';
import { plannedWait } from './plannedWait';
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
  /** Its newcomers, and those of AWS's own rollback of it. */
  forward: Partial<PatienceMemo>;
  back: Partial<PatienceMemo>;
  /** The bake time, or the checkpoint, that was seen last: since when; epoch ms. */
  planned: { readonly what: string; readonly since: number };
}

export type SaveRefresh = (memo: Partial<RefreshMemo>) => Promise<void>;

export type RefreshClients = FleetClients & { readonly ec2: EC2Client };

/** What a refresh brings: its newcomers are watched. */
export interface FollowedRefresh {
  /** What they run: `v2`. */
  readonly version: string | undefined;
  /** The fleet, with the newcomers as the fresh ones; what was launched since the refresh began unless given. */
  readonly view?: () => Promise<FleetView>;
  /** Only AWS's own rollback of it is watched: the refresh itself was stopped. */
  readonly stopped?: true;
}

const troubledSeconds = 60;

type Waiting = Extract<Progress, { waitFor: readonly string[] }>;

/**
 * Polls the refresh that was started, and watches its newcomers by the rule of every rollout.
 * @returns what to wait for while it goes on, or is not listed yet; why it is given up (it still runs then); else the
 *   refresh as it ended, undefined if AWS does not know it any more.
 */
export const followRefresh = async (
  context: StepContext,
  memo: Partial<RefreshMemo>,
  save: SaveRefresh,
  clients: RefreshClients,
  followed: FollowedRefresh,
): Promise<Waiting | { ended: InstanceRefresh | undefined } | { lost: string }> => {
  const { record, core } = context;
  const id = memo.refreshId ?? '';
  const refresh = await findRefresh(clients.autoScaling, record.group, id);
  if (!refresh && mayBeUnlisted(memo.refreshStartedAt, core.clock())) return { waitFor: [refreshKey(id)] };
  if (!refresh || !isActive(refresh)) return { ended: refresh };
  const total = Math.max(memo.total ?? 0, refresh.InstancesToUpdate ?? 0);
  if (total !== (memo.total ?? 0)) await save({ total });
  const planned = plannedWait(refresh, memo.planned, core.clock());
  if (planned && planned.since !== memo.planned?.since) await save({ planned });
  const progress = [progressOf(refresh, total) ?? [], planned?.text ?? []].flat().join(', ');
  const told = {
    waitFor: [refreshKey(id)],
    ...(progress !== '' && { progress }),
    ...(planned && { until: planned.until }),
  };
  const launching = followed.stopped ? ['RollbackInProgress'] : ['InProgress', 'RollbackInProgress'];
  if (!launching.includes(refresh.Status ?? ''))
    return { ...told, why: () => Promise.resolve(statusText(refresh)) };
  return watchNewcomers(context, memo, save, clients, { ...followed, refresh, told });
};

const statusText = ({
  InstanceRefreshId: id = '',
  Status: status,
  StatusReason: why,
}: InstanceRefresh): string =>
  `instance refresh ${id} is ${status ?? 'unknown'}${why === undefined ? '' : `: ${why}`}`;

const watchNewcomers = async (
  context: StepContext,
  memo: Partial<RefreshMemo>,
  save: SaveRefresh,
  clients: RefreshClients,
  { refresh, told, version, view: viewOf }: FollowedRefresh & { refresh: InstanceRefresh; told: Waiting },
): Promise<Waiting | { lost: string }> => {
  const isBack = refresh.Status === 'RollbackInProgress';
  const begunAt = isBack ? refresh.RollbackDetails?.RollbackStartTime : refresh.StartTime;
  const since = begunAt?.getTime() ?? memo.refreshStartedAt ?? context.core.clock();
  const view =
    isBack || !viewOf ? await viewLaunchedSince(clients, context.record.group, since) : await viewOf();
  const key = isBack ? 'back' : 'forward';
  const known = memo[key] ?? {};
  const lost = await lostPatience(
    context,
    known,
    (change) => save({ [key]: { ...known, ...change } }),
    clients.autoScaling,
    { version: isBack ? context.record.baseline?.version : version, view, since, launchesAhead: true },
  );
  if (lost !== undefined)
    return {
      lost: isBack ? `${lost} AWS rolled the refresh back: ${refresh.StatusReason ?? 'no reason'}` : lost,
    };
  return {
    ...told,
    // Once some have failed, those that come in their place are looked at each minute.
    ...((memo[key]?.lost ?? []).length > 0 && { expectedSeconds: troubledSeconds }),
    why: async () =>
      [
        (await causesOfView(clients.autoScaling, view, since, true)) ?? [],
        refresh.StatusReason === undefined ? [] : statusText(refresh),
      ]
        .flat()
        .join('; ') || undefined,
  };
};
