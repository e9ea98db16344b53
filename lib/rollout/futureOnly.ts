import type { EC2Client } from '@aws-sdk/client-ec2';
import { imageFrom } from '../engine/imageFrom';
import type { StepContext } from '../engine/context';
import { RolloutFailed } from '../engine/errors';
import { describeGroup } from '../fleet/group';
import { groupKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import { minHealthy, replaceNow, secondsUntilChange } from './arithmetic';
import {
  countsOf,
  isChecking,
  type FleetClients,
  type FleetView,
  viewByTags,
  viewLaunchedSince,
} from './fleetView';
import { refuseOtherTemplate } from './externalChanges';
import { setGroupTemplate } from './groupTemplateEffect';
import { templateOf } from './instanceRefresh';
import { causesOfView, lostPatience, type PatienceMemo } from './patience';
import { choose, retire } from './retire';

export interface FutureMemo extends Record<string, unknown>, PatienceMemo {
  /** When the first instance was replaced; epoch ms. */
  replacingSince: number;
  set: boolean;
  healthyBefore: number;
  seen: string;
  quiet: number;
}

/**
 * Rollout `none`: only instances that are launched from now on get the new version. If the fleet was provisioned in
 * place, the instances that were not (added in a spike, or failed) are replaced, so that every instance runs the
 * version.
 */
export const rolloutToFuture = async (
  context: StepContext,
  memo: Partial<FutureMemo>,
  save: (memo: Partial<FutureMemo>) => Promise<void>,
  clients: FleetClients & { readonly ec2: EC2Client },
): Promise<Progress> => {
  const { record, settings } = context;
  if (memo.set !== true) {
    const group = await describeGroup(clients.autoScaling, record.group);
    await refuseOtherTemplate(context, group, record.groupTemplate);
    await setGroupTemplate(context, clients.autoScaling, group, templateOf(context));
    await save({ set: true });
  }
  if (imageFrom(record) !== 'fleet') return { over: { replaced: false } };
  const view = await viewByTags(clients, record);
  await refuseOtherTemplate(context, view.group, templateOf(context));
  const counts = countsOf(view);
  if (isDone(view, memo)) return { over: { replaced: memo.healthyBefore !== undefined } };
  const since = memo.replacingSince ?? context.core.clock();
  await refuseUnhealthy(context, memo, save, clients, since);
  const healthyBefore = memo.healthyBefore ?? counts.healthy;
  const retirement = replaceNow({
    ...counts,
    fewestHealthy: minHealthy(view.group.desired, settings.rollout.minHealthyPercentage, healthyBefore),
    settled: counts.healthy >= view.group.desired,
  });
  const seen = JSON.stringify(counts);
  const quiet = seen === memo.seen ? (memo.quiet ?? 0) + 1 : 0;
  await save({ healthyBefore, seen, quiet, replacingSince: since });
  await retire(context, clients.autoScaling, choose(view, retirement), false);
  return {
    waitFor: [groupKey(view.group.name)],
    expectedSeconds: secondsUntilChange(quiet, isChecking(view)),
    progress: `${String(view.fresh.filter(({ id }) => view.healthy.has(id)).length)} of ${String(view.fresh.length + view.old.length)} instances`,
    why: () => causesOfView(clients.autoScaling, view, since),
  };
};

/** Those that are launched in place of others have to become healthy. @throws RolloutFailed */
const refuseUnhealthy = async (
  context: StepContext,
  memo: Partial<FutureMemo>,
  save: (memo: Partial<FutureMemo>) => Promise<void>,
  clients: FleetClients & { readonly ec2: EC2Client },
  since: number,
): Promise<void> => {
  if (memo.replacingSince === undefined) return;
  const { record } = context;
  const view = await viewLaunchedSince(clients, record.group, since);
  const lost = await lostPatience(context, memo, save, clients.autoScaling, {
    version: record.version,
    view,
    since,
  });
  if (lost !== undefined) throw new RolloutFailed(lost);
};

/** No instance is old; and if any were replaced, as many are healthy again as before. */
const isDone = ({ old, healthy, group }: FleetView, { healthyBefore }: Partial<FutureMemo>): boolean =>
  old.length === 0 && (healthyBefore === undefined || healthy.size >= Math.min(healthyBefore, group.desired));
