import { type AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import type { Group } from './group';

/** The target of the effect by which a deployment lowers its group's minimum. */
export const minimumOf = (group: string): string => `${group} MinSize`;

/** Lowers the minimum by one, where taking an instance out would fall below it. */
export const makeRoomBelow = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Pick<Group, 'name' | 'min' | 'desired'>,
): Promise<void> => {
  if (group.desired > group.min || group.min === 0) return;
  await context.change(
    { kind: 'group-size', target: minimumOf(group.name), before: group.min, wrote: group.min - 1 },
    async ({ wrote }) => {
      await autoScaling.send(
        new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group.name, MinSize: wrote as number }),
      );
    },
  );
};
