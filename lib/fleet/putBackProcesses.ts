import { type AutoScalingClient, ResumeProcessesCommand } from '@aws-sdk/client-auto-scaling';
import { describeGroup } from './group';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effects';
import { asBefore, type Settled, undone } from '../engine/settled';

/** Resumes what we suspended, and nothing else: what was suspended before stays so. */
export const putBackProcesses = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect,
): Promise<Settled> => {
  const { record } = context;
  const { suspended } = await describeGroup(autoScaling, record.group);
  const ours = (effect.wrote as readonly string[]).filter((process) => suspended.includes(process));
  // Without names AWS would resume every process.
  if (ours.length === 0) return asBefore(effect);
  await context.guard();
  await autoScaling.send(
    new ResumeProcessesCommand({ AutoScalingGroupName: record.group, ScalingProcesses: ours }),
  );
  return undone;
};
