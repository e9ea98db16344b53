import type { StepContext } from '../engine/context';
import { RolloutFailed } from '../engine/errors';
import { groupKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import { lacksCapacity } from '../fleet/activities';
import { secondsUntilChange } from './arithmetic';
import { type FleetClients, viewByTemplate } from './fleetView';
import { templateOf } from './instanceRefresh';
import { causesOfView, graceMsOf, lostPatience, type PatienceMemo } from './patience';

/** What is remembered between two looks. Times are epoch ms. */
export interface CapacityMemo extends Partial<PatienceMemo> {
  readonly since: number;
  /** The most that have served, and since when. */
  readonly most: number;
  readonly roseAt: number;
  readonly looks: number;
}

/** How long it is waited at most. The step's deadline leaves a quarter of an hour after the rollout itself. */
const maxWaitMs = 12 * 60_000;
/** While instances of the new version come and do not become healthy, until the rule of every rollout judges them. */
const maxJudgingMs = 30 * 60_000;

/**
 * The last part of a rollout: waits until as many instances serve as the group is to have, so that nobody is told of a
 * success while a replacement is still coming up. Where that takes too long, or EC2 has no capacity, the end says so as a
 * warning.
 * @returns undefined when there is nothing to wait for any more.
 * @throws RolloutFailed if new instances of a deployment do not come up: then it is not only capacity that lacks.
 */
export const awaitCapacity = async (
  context: StepContext,
  memo: CapacityMemo | undefined,
  save: (memo: CapacityMemo) => Promise<void>,
  clients: FleetClients,
): Promise<Progress | undefined> => {
  const { record, settings, core } = context;
  const view = await viewByTemplate(clients, record.group, templateOf(context));
  const { group, healthy } = view;
  if (healthy.size >= group.desired) return undefined;
  const now = core.clock();
  const before = memo ?? { since: now, most: healthy.size, roseAt: now, looks: 0 };
  const hasRisen = healthy.size > before.most;
  const noted: CapacityMemo = {
    ...before,
    most: Math.max(before.most, healthy.size),
    roseAt: hasRisen ? now : before.roseAt,
    looks: hasRisen ? 0 : before.looks + 1,
  };
  let patience: Partial<PatienceMemo> = noted;
  const keep = (change: Partial<PatienceMemo>): Promise<void> => {
    patience = { ...patience, ...change };
    return Promise.resolve();
  };
  const { since } = noted;
  const lost = await lostPatience(context, patience, keep, clients.autoScaling, {
    version: record.version,
    view,
    since,
  });
  await save({ ...noted, ...patience });
  if (lost !== undefined && record.kind === 'deployment' && !lacksCapacity(lost))
    throw new RolloutFailed(lost);
  const isJudging =
    view.fresh.some(({ id }) => !healthy.has(id)) ||
    (patience.lost !== undefined && patience.lost.length > 0);
  const isOver =
    lost !== undefined ||
    (isJudging
      ? now - since >= maxJudgingMs
      : now - since >= maxWaitMs || now - noted.roseAt >= graceMsOf(group, settings.rollout));
  const count = `${String(healthy.size)} of ${String(group.desired)} instances`;
  const causes = () => causesOfView(clients.autoScaling, view, since);
  if (!isOver)
    return {
      waitFor: [groupKey(group.name)],
      expectedSeconds: secondsUntilChange(noted.looks, true),
      progress: `${count} serve`,
      why: causes,
    };
  const why = (await causes()) ?? lost ?? 'AWS gives no reason';
  await core.records.warn(record.deployment, `Only ${count} of group ${group.name} serve. ${why}`);
  return undefined;
};
