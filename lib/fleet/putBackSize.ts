import { type AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { describeGroup } from './group';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effects';
import { asBefore, changedExternally, type Settled, undone } from '../engine/settled';

/** Minimum or maximum, put back where it is still what we wrote. */
export const putBackSize = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect,
): Promise<Settled> => {
  const { group: name } = context.record;
  const which = effect.target.endsWith(' MinSize') ? 'MinSize' : 'MaxSize';
  const group = await describeGroup(autoScaling, name);
  const now = which === 'MinSize' ? group.min : group.max;
  if (now === effect.before) return asBefore(effect);
  if (now !== effect.wrote)
    return changedExternally(
      `${which} of group ${name} is ${String(now)}; we had set it from ${String(effect.before)} to ${String(effect.wrote)}, somebody else has changed it since.`,
    );
  await context.guard();
  await autoScaling.send(
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, [which]: Number(effect.before) }),
  );
  return undone;
};
