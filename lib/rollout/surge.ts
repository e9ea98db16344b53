import { SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { StepContext } from '../engine/context';
import { RolloutFailed } from '../engine/errors';
import { describeGroup } from '../fleet/group';
import { describeScheduledActions } from '../fleet/scheduledActions';
import { raiseMaximum } from '../fleet/sizeEffect';
import { groupKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import { minHealthy, retireNow, secondsUntilChange, surgeSize } from './arithmetic';
import {
  countsOf,
  isChecking,
  type FleetClients,
  type FleetView,
  viewByRelease,
  viewByTemplate,
} from './fleetView';
import { refuseOtherTemplate } from './externalChanges';
import { setGroupTemplate } from './groupTemplateEffect';
import { templateOf } from './instanceRefresh';
import { causesOfView, lostPatience, type PatienceMemo } from './patience';
import { choose, retire } from './retire';
import { unprotect } from './protectionEffect';
import { protect, putBackAfterSurge, suspendRebalancing } from './surgeEffects';
import { rememberActions, type SurplusMemo, surplusLeft, trackSurplus } from './surplus';

export interface SurgeMemo extends Record<string, unknown>, SurplusMemo, PatienceMemo {
  healthyBefore: number;
  seen: string;
  quiet: number;
}

type Save = (memo: Partial<SurgeMemo>) => Promise<void>;

/**
 * Adds new instances, checks them, and then removes the old ones. The desired capacity is raised once. While more
 * instances are old than were added, old ones are replaced one for one; the last ones give back what was added. Changes
 * that others make to the capacity meanwhile stay.
 */
export const rolloutBySurge = async (
  context: StepContext,
  memo: Partial<SurgeMemo>,
  save: Save,
  clients: FleetClients & { readonly ec2: EC2Client },
): Promise<Progress> => {
  const { record, settings } = context;
  const launchTemplate = templateOf(context);
  if (memo.surplus === undefined) await prepare(context, save, clients);
  // A rollback's template is not new: instances that were provisioned in place since were launched from it too.
  const view =
    record.kind === 'rollback'
      ? await viewByRelease(clients, record.group, { version: record.version, launchTemplate })
      : await viewByTemplate(clients, record.group, launchTemplate);
  await refuseOtherTemplate(context, view.group, launchTemplate);
  if (memo.raised !== true && (await raise(context, memo, save, clients, view)))
    return { waitFor: [groupKey(record.group)], expectedSeconds: secondsUntilChange(0, false) };
  await protect(context, clients.autoScaling, view);
  const counts = countsOf(view);
  const surplus = await trackSurplus(clients.autoScaling, memo, save, view.group, context.core.clock());
  const wanted = Math.max(0, view.group.desired - surplus);
  if (view.old.length === 0 && counts.healthy >= wanted) {
    await finish(context, memo, save, clients, view);
    return { over: { instances: view.fresh.length } };
  }
  const since = memo.raisedAt ?? context.core.clock();
  const lost = await lostPatience(context, memo, save, clients.autoScaling, {
    version: record.version,
    view,
    since,
  });
  if (lost !== undefined) throw new RolloutFailed(lost);
  const healthyBefore = memo.healthyBefore ?? counts.healthy;
  const retirement = retireNow({
    ...counts,
    surplus,
    fewestHealthy: minHealthy(wanted, settings.rollout.minHealthyPercentage, healthyBefore),
  });
  const chosen = choose(view, retirement);
  const seen = JSON.stringify([counts, view.fresh.length]);
  const quiet = seen === memo.seen ? (memo.quiet ?? 0) + 1 : 0;
  const leaving = retirement.decrement ? chosen.map(({ id }) => id) : [];
  await save({ seen, quiet, givenBack: [...new Set([...(memo.givenBack ?? []), ...leaving])] });
  const replaced = await retire(context, clients.autoScaling, chosen, retirement.decrement);
  if (retirement.decrement && replaced.length > 0)
    await save({ givenBack: memo.givenBack?.filter((id) => !replaced.includes(id)) ?? [] });
  const freshHealthy = view.fresh.filter(({ id }) => view.healthy.has(id)).length;
  return {
    waitFor: [groupKey(view.group.name)],
    expectedSeconds: secondsUntilChange(quiet, isChecking(view)),
    progress: `${String(freshHealthy)} of ${String(wanted)} instances`,
    why: () => causesOfView(clients.autoScaling, view, since),
  };
};

const prepare = async (context: StepContext, save: Save, clients: FleetClients): Promise<void> => {
  const { record, settings } = context;
  const group = await describeGroup(clients.autoScaling, record.group);
  await refuseOtherTemplate(context, group, record.groupTemplate);
  const surplus = surgeSize(
    group.desired,
    record.fast === true ? 200 : settings.rollout.maxHealthyPercentage,
  );
  await suspendRebalancing(context, clients.autoScaling, group);
  await raiseMaximum(context, clients.autoScaling, group, group.desired + surplus);
  await setGroupTemplate(context, clients.autoScaling, group, templateOf(context));
  await save({ surplus });
};

/**
 * Raises the desired capacity. The numbers were saved before: if the function dies, the capacity shows whether it was
 * raised.
 */
const raise = async (
  context: StepContext,
  memo: Partial<SurgeMemo>,
  save: Save,
  { autoScaling }: FleetClients,
  { group, old, healthy }: FleetView,
): Promise<boolean> => {
  const needed = old.length > 0;
  if (needed) {
    if (memo.raising !== true) {
      // The capacity may have changed since the surge was prepared.
      const raisedTo = Math.min(group.desired + (memo.surplus ?? 0), group.max);
      const now = context.core.clock();
      const scheduled = rememberActions([], await describeScheduledActions(autoScaling, group.name), now);
      await save({ surplus: raisedTo - group.desired, raisedTo, raising: true, raisedAt: now, scheduled });
    }
    const { surplus = 0, raisedTo = 0 } = memo;
    if (surplus > 0 && group.desired === raisedTo - surplus) {
      await context.guard();
      await autoScaling.send(
        new SetDesiredCapacityCommand({
          AutoScalingGroupName: group.name,
          DesiredCapacity: raisedTo,
          HonorCooldown: false,
        }),
      );
    }
  }
  await save({ raised: true, healthyBefore: healthy.size, ...(!needed && { surplus: 0 }) });
  return needed;
};

const finish = async (
  context: StepContext,
  memo: Partial<SurgeMemo>,
  save: Save,
  { autoScaling }: FleetClients,
  { group }: FleetView,
): Promise<void> => {
  await unprotect(context, autoScaling);
  const left = surplusLeft(memo, group);
  // Scaling terminated more old instances than the surge did: what the surge added is given back all the same.
  if (left > 0 && group.desired - left >= group.min) {
    await context.guard();
    await autoScaling.send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: group.name,
        DesiredCapacity: group.desired - left,
        HonorCooldown: false,
      }),
    );
    await save({ surplus: 0 });
  }
  await putBackAfterSurge(context, autoScaling);
};
