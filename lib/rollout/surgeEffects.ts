import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import { isOpen } from '../engine/effect';
import { settleAs } from '../engine/settled';
import type { Group } from '../fleet/group';
import { processesEffect, putBackProcesses, suspend } from '../fleet/processesEffect';
import { maximumOf, putBackSize, sizeEffect } from '../fleet/sizeEffect';
import type { FleetView } from './fleetView';
import { protectInstances } from './protectionEffect';

const rebalancing = 'AZRebalance';

/** The target of the surge's own effect, since Suspend may have suspended processes earlier in the same deployment. */
export const surgeProcesses = (group: string): string => `${group} surge`;

/** Rebalancing would terminate instances that the surge counts. */
export const suspendRebalancing = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Group,
): Promise<void> => {
  if (!group.suspended.includes(rebalancing))
    await suspend(context, autoScaling, group, [rebalancing], surgeProcesses(group.name));
};

/** Protects the new instances, so that scaling in meanwhile terminates old ones. */
export const protect = (
  context: StepContext,
  autoScaling: AutoScalingClient,
  { group, fresh }: FleetView,
): Promise<void> => {
  const ids = fresh
    .filter(({ lifecycle, protectedFromScaleIn }) => lifecycle === 'InService' && !protectedFromScaleIn)
    .map(({ id }) => id);
  return protectInstances(context, autoScaling, group, ids);
};

/** Puts back the maximum size and rebalancing. */
export const putBackAfterSurge = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
): Promise<void> => {
  const { core, record } = context;
  const [maximum, processes] = await Promise.all([
    core.effects.find(record.deployment, sizeEffect, maximumOf(record.group)),
    core.effects.find(record.deployment, processesEffect, surgeProcesses(record.group)),
  ]);
  if (maximum && isOpen(maximum))
    await settleAs(core, maximum, await putBackSize(context, autoScaling, maximum));
  if (processes && isOpen(processes))
    await settleAs(core, processes, await putBackProcesses(context, autoScaling, processes));
};
