import { type AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../deployment/context';
import type { Group } from './group';

const targetOf = (group: string): string => `${group} MinSize`;

/** Lowers the minimum by one, where taking an instance out would fall below it. */
export const makeRoomBelow = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Pick<Group, 'name' | 'min' | 'desired'>,
): Promise<void> => {
  if (group.desired > group.min || group.min === 0) return;
  await context.change(
    { kind: 'group-size', target: targetOf(group.name), before: group.min, wrote: group.min - 1 },
    async ({ wrote }) => {
      await autoScaling.send(
        new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group.name, MinSize: wrote as number }),
      );
    },
  );
};

/**
 * Puts the minimum back, where it still is what we wrote; where somebody else changed it meanwhile it stays, and the
 * effect is settled as `foreign`. Safe to run twice, and where the minimum was never touched.
 * @param group as it is now.
 */
export const restoreMinimum = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Pick<Group, 'name' | 'min'>,
): Promise<void> => {
  const { core, record } = context;
  const effect = await core.effects.find(record.deployment, 'group-size', targetOf(group.name));
  if (!effect || (effect.state !== 'intended' && effect.state !== 'done')) return;
  const [before, wrote] = [effect.before as number, effect.wrote as number];
  if (group.min === wrote) {
    await context.guard();
    await autoScaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group.name, MinSize: before }),
    );
  } else if (group.min !== before) {
    await core.effects.settle(effect, 'foreign', {
      note: `The minimum of group ${group.name} was ${String(before)}, Forseti made it ${String(wrote)}, and somebody made it ${String(group.min)} meanwhile; it stays so.`,
    });
    return;
  }
  await core.effects.settle(effect, 'undone');
};
