import {
  type AutoScalingClient,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { chunks } from '../aws/chunks';
import type { StepContext } from '../engine/context';
import { isOpen } from '../engine/effects';
import { putBackProcesses } from '../fleet/putBackProcesses';
import { putBackSize } from '../fleet/putBackSize';
import { maxProtected, putBackProtection } from './putBackProtection';
import { settleAs } from '../engine/settled';
import type { Group } from '../fleet/group';
import type { FleetView } from './fleetView';

const rebalancing = 'AZRebalance';

/** Beside what Suspend may have suspended earlier in the same deployment. */
export const surgeProcesses = (group: string): string => `${group} surge`;
export const maximumOf = (group: string): string => `${group} MaxSize`;

/** Rebalancing would terminate what is being counted. */
export const suspendRebalancing = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Group,
): Promise<void> => {
  if (group.suspended.includes(rebalancing)) return;
  await context.change(
    {
      kind: 'processes',
      target: surgeProcesses(group.name),
      before: group.suspended,
      wrote: [rebalancing],
    },
    async () => {
      await autoScaling.send(
        new SuspendProcessesCommand({ AutoScalingGroupName: group.name, ScalingProcesses: [rebalancing] }),
      );
    },
  );
};

export const raiseMaximum = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Group,
  needed: number,
): Promise<void> => {
  if (group.max >= needed) return;
  await context.change(
    { kind: 'group-size', target: maximumOf(group.name), before: group.max, wrote: needed },
    async () => {
      await autoScaling.send(
        new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group.name, MaxSize: needed }),
      );
    },
  );
};

/** New ones are protected, so that scaling in meanwhile takes old ones. */
export const protect = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  { group, fresh }: FleetView,
): Promise<void> => {
  const { core, record } = context;
  const ids = fresh
    .filter(({ lifecycle, protectedFromScaleIn }) => lifecycle === 'InService' && !protectedFromScaleIn)
    .map(({ id }) => id);
  for (const some of chunks(ids, maxProtected)) {
    const effects = await Promise.all(
      some.map((target) =>
        core.effects.intend(record.deployment, context.state, {
          kind: 'protection',
          target,
          before: false,
          wrote: true,
        }),
      ),
    );
    await context.guard();
    await autoScaling.send(
      new SetInstanceProtectionCommand({
        AutoScalingGroupName: group.name,
        InstanceIds: some,
        ProtectedFromScaleIn: true,
      }),
    );
    await Promise.all(effects.map(({ effect }) => core.effects.settle(effect, 'done')));
  }
};

/** Takes the protection of all new ones away again. */
export const unprotect = async (context: StepContext, autoScaling: AutoScalingClient): Promise<void> => {
  const effects = await context.core.effects.list(context.record.deployment);
  const open = effects.filter((effect) => effect.kind === 'protection' && isOpen(effect));
  await putBackProtection(context, autoScaling, open);
};

/** Maximum size and rebalancing as they were. */
export const putBackAfterSurge = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
): Promise<void> => {
  const { core, record } = context;
  const [maximum, processes] = await Promise.all([
    core.effects.find(record.deployment, 'group-size', maximumOf(record.group)),
    core.effects.find(record.deployment, 'processes', surgeProcesses(record.group)),
  ]);
  if (maximum && isOpen(maximum))
    await settleAs(core, maximum, await putBackSize(context, autoScaling, maximum));
  if (processes && isOpen(processes))
    await settleAs(core, processes, await putBackProcesses(context, autoScaling, processes));
};
