import {
  type AutoScalingClient,
  ExitStandbyCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { describeGroup } from '../../fleet/group';
import { memberOf } from '../../fleet/members';
import type { StepContext } from '../context';
import type { Effect } from '../effects';
import { asBefore, type Settled, undone } from './settled';

/**
 * The instance that was taken out for the image. It was provisioned in place and may be sealed (no host keys, no secrets),
 * so it must not serve again: it leaves standby, which gives its place in the desired capacity back, and is terminated
 * at once; the group launches another. Where the maximum leaves no room, others have taken its place already.
 * @returns undefined as long as it is on its way into standby.
 */
export const endStandby = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect,
): Promise<Settled | undefined> => {
  const group = await describeGroup(autoScaling, context.record.group);
  const member = memberOf(group, effect.target);
  if (member?.lifecycle === 'EnteringStandby') return undefined;
  if (member?.lifecycle !== 'Standby') return asBefore(effect);
  await context.guard();
  const hasRoom = group.desired < group.max;
  // With Launch suspended, by somebody else by now, AWS lets nobody return from standby.
  const mayReturn = !group.suspended.includes('Launch');
  if (hasRoom && mayReturn)
    await autoScaling.send(
      new ExitStandbyCommand({ AutoScalingGroupName: group.name, InstanceIds: [effect.target] }),
    );
  await autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: effect.target,
      ShouldDecrementDesiredCapacity: false,
    }),
  );
  if (hasRoom && !mayReturn)
    await autoScaling.send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: group.name,
        DesiredCapacity: group.desired + 1,
        HonorCooldown: false,
      }),
    );
  return undone;
};
