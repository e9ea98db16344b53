import { SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { StepContext } from '../engine/context';
import { describeGroup, type Group } from '../fleet/group';
import { memberOf } from '../fleet/members';
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
import { setGroupTemplate } from './groupTemplateEffect';
import { templateOf } from './instanceRefresh';
import { choose, retire } from './retire';
import { unprotect } from './protectionEffect';
import { protect, putBackAfterSurge, suspendRebalancing } from './surgeEffects';

export interface SurgeMemo extends Record<string, unknown> {
  /** What is added to the desired capacity. */
  surplus: number;
  /** The desired capacity with the surplus. */
  raisedTo: number;
  raised: boolean;
  /** Ids of old instances terminated with decrement: each has given one of the surplus back. */
  givenBack: string[];
  healthyBefore: number;
  seen: string;
  quiet: number;
}

type Save = (memo: Partial<SurgeMemo>) => Promise<void>;

/**
 * Adds new instances, checks them, and then removes the old ones. The desired capacity is raised once. While more
 * instances are old than were added, old ones are replaced one for one; the last ones give back what was added. Changes
 * that scaling makes to the capacity meanwhile stay.
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
      : await viewByTemplate(clients, record.group, launchTemplate.version);
  if (memo.raised !== true && (await raise(context, memo, save, clients, view)))
    return { waitFor: [groupKey(record.group)], expectedSeconds: secondsUntilChange(0, false) };
  await protect(context, clients.autoScaling, view);
  const counts = countsOf(view);
  const surplus = surplusLeft(memo, view.group);
  const wanted = Math.max(0, view.group.desired - surplus);
  if (view.old.length === 0 && counts.healthy >= wanted) {
    await finish(context, memo, save, clients, view);
    return { over: { instances: view.fresh.length } };
  }
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
  await retire(context, clients.autoScaling, chosen, retirement.decrement);
  return {
    waitFor: [groupKey(view.group.name)],
    expectedSeconds: secondsUntilChange(quiet, isChecking(view)),
    progress: `${String(view.fresh.length)} of ${String(wanted)} instances`,
  };
};

/**
 * How much of the surplus is still in the desired capacity. An instance that was to be terminated but is still in
 * service (the function died, or the call was refused) has given nothing back.
 */
export const surplusLeft = (memo: Partial<SurgeMemo>, { instances }: Pick<Group, 'instances'>): number => {
  if (memo.raised !== true) return 0;
  const given = (memo.givenBack ?? []).filter((id) => memberOf({ instances }, id)?.lifecycle !== 'InService');
  return Math.max(0, (memo.surplus ?? 0) - given.length);
};

const prepare = async (context: StepContext, save: Save, clients: FleetClients): Promise<void> => {
  const { record, settings } = context;
  const group = await describeGroup(clients.autoScaling, record.group);
  const surplus = surgeSize(
    group.desired,
    record.fast === true ? 200 : settings.rollout.maxHealthyPercentage,
  );
  await suspendRebalancing(context, clients.autoScaling, group);
  await raiseMaximum(context, clients.autoScaling, group, group.desired + surplus);
  await setGroupTemplate(context, clients.autoScaling, group, templateOf(context));
  await save({ surplus, raisedTo: group.desired + surplus });
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
  view: FleetView,
): Promise<boolean> => {
  const { surplus = 0, raisedTo = 0 } = memo;
  const needed = view.old.length > 0;
  if (needed && view.group.desired < raisedTo) {
    await context.guard();
    await autoScaling.send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: view.group.name,
        DesiredCapacity: Math.min(view.group.desired + surplus, raisedTo),
        HonorCooldown: false,
      }),
    );
  }
  await save({ raised: true, healthyBefore: view.healthy.size, ...(!needed && { surplus: 0 }) });
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
