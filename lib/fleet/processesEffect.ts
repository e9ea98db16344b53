import {
  type AutoScalingClient,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effect';
import { defineEffect, type EffectRepair } from '../engine/effectKind';
import { aws, data } from '../engine/repairCommand';
import { asBefore, type Settled, undone } from '../engine/settled';
import { describeGroup, type Group } from './group';

/** Processes of the group that are suspended during the deployment. */
export interface ProcessesShape {
  readonly kind: 'processes';
  /** The group; `GROUP surge` for what a surge suspends in addition. */
  readonly target: string;
  /** Names of the processes that were suspended already. */
  readonly before: readonly string[];
  /** Names of the processes that we suspended. */
  readonly wrote: readonly string[];
  readonly result: undefined;
}

export const processesEffect = defineEffect<ProcessesShape>('processes');

export const processesRepair: EffectRepair<ProcessesShape> = {
  of: processesEffect,
  scope: 'work',
  repair: ({ wrote }, { region, record: { group } }) =>
    // Without names AWS would resume every process.
    wrote.length === 0
      ? {
          lookAt: `Nothing was suspended: see which processes of group ${group} are, and whether they should be.`,
        }
      : aws({ region }, 'autoscaling resume-processes', {
          '--auto-scaling-group-name': data(group),
          '--scaling-processes': wrote.map(data),
        }),
};

/** Suspends these processes, and notes those that were suspended before. Makes no call if there are none. */
export const suspend = (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Pick<Group, 'name' | 'suspended'>,
  processes: readonly string[],
  target = group.name,
): Promise<undefined> =>
  context.change(
    processesEffect,
    { target, before: group.suspended, wrote: processes },
    async ({ wrote }) => {
      // Without names, AWS would suspend every process.
      if (wrote.length > 0)
        await autoScaling.send(
          new SuspendProcessesCommand({ AutoScalingGroupName: group.name, ScalingProcesses: [...wrote] }),
        );
      return undefined;
    },
  );

/** Resumes only what we suspended; what was suspended before stays so. */
export const putBackProcesses = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect<ProcessesShape>,
): Promise<Settled> => {
  const { record } = context;
  const { suspended } = await describeGroup(autoScaling, record.group);
  const ours = effect.wrote.filter((process) => suspended.includes(process));
  // Without names AWS would resume every process.
  if (ours.length === 0) return asBefore(effect);
  await context.guard();
  await autoScaling.send(
    new ResumeProcessesCommand({ AutoScalingGroupName: record.group, ScalingProcesses: ours }),
  );
  return undone;
};
