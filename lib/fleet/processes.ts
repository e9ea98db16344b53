import { type AutoScalingClient, ResumeProcessesCommand } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import { isOpen } from '../engine/effect';
import { FleetUnsettled } from '../engine/errors';
import { settleAs } from '../engine/settled';
import type { Progress } from '../engine/waiting/waitingStep';
import { causesOf } from './causes';
import { describeGroup, type Group, inService } from './group';
import { unsettled } from './members';
import { processesEffect, putBackProcesses, suspend } from './processesEffect';

/**
 * The fewest processes whose suspension keeps instances of old code from joining and ours from leaving. Never
 * `ScheduledActions` (an action that is due while it is suspended never runs) nor `AlarmNotification`.
 */
const disturbing = ['Launch', 'Terminate', 'ReplaceUnhealthy', 'AZRebalance'] as const;

/** The disturbing processes that are not suspended yet. */
export const toSuspend = (suspended: readonly string[]): string[] =>
  disturbing.filter((process) => !suspended.includes(process));

/** Suspends them, and waits until no instance comes or goes any more. @throws FleetUnsettled if none is in service then. */
export const suspendProcesses = async (
  context: StepContext,
  { autoScaling }: { autoScaling: AutoScalingClient },
): Promise<Progress> => {
  const { record, core } = context;
  const [found, known] = await Promise.all([
    describeGroup(autoScaling, record.group),
    core.effects.find(record.deployment, processesEffect, record.group),
  ]);
  let group = found;
  if (known?.state !== 'done') {
    await suspend(context, autoScaling, group, toSuspend(group.suspended));
    // Launches and terminations that began just before the suspension go on.
    group = await describeGroup(autoScaling, record.group);
  }
  const moving = unsettled(group);
  if (moving.length > 0)
    return {
      waitFor: [],
      progress: `${String(moving.length)} instances are still coming or going`,
      why: () => causesOf({ autoScaling, group }, moving),
    };
  if (inService(group).length === 0)
    throw new FleetUnsettled(
      `No instance of group ${group.name} is in service: there is nothing to provision. Let the group launch some, or use strategy golden-instance.`,
    );
  return { over: {} };
};

/**
 * While `Launch` is suspended, AWS lets no instance return from standby (Auto Scaling User Guide, "Suspending
 * processes", standby instances). Resumes `Launch` if this deployment suspended it; the effect stays open for the other
 * processes.
 */
export const resumeLaunch = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Pick<Group, 'name' | 'suspended'>,
): Promise<void> => {
  if (!group.suspended.includes('Launch')) return;
  // In parallel: the guard is needless only if this deployment did not suspend `Launch`.
  const [effect] = await Promise.all([
    context.core.effects.find(context.record.deployment, processesEffect, group.name),
    context.guard(),
  ]);
  if (!effect || !isOpen(effect) || !effect.wrote.includes('Launch')) return;
  await autoScaling.send(
    new ResumeProcessesCommand({ AutoScalingGroupName: group.name, ScalingProcesses: ['Launch'] }),
  );
};

/** Resumes what this deployment suspended and is still suspended. Safe to repeat, and to call if nothing was suspended. */
export const resumeProcesses = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
): Promise<void> => {
  const { core, record } = context;
  const effect = await core.effects.find(record.deployment, processesEffect, record.group);
  if (effect && isOpen(effect))
    await settleAs(core, effect, await putBackProcesses(context, autoScaling, effect));
};
