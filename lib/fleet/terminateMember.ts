import {
  type AutoScalingClient,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { nameOf } from '../aws/failure';
import { describeGroup } from './group';
import { isGone, memberOf } from './members';

/** `gone`: it was on its way out before. `replaced`: the group launches another. `removed`: it launches none. */
export type Terminated = 'gone' | 'replaced' | 'removed';

/**
 * Terminates a member of a group. Auto Scaling refuses with a ValidationError both an instance that it does not know
 * any more and a decrement below the minimum, so the group's state tells which it was. A minimum that has risen takes
 * what was to be removed: the instance is replaced then.
 */
export const terminateMember = async (
  autoScaling: AutoScalingClient,
  group: string,
  id: string,
  decrement: boolean,
): Promise<Terminated> => {
  try {
    await autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: id,
        ShouldDecrementDesiredCapacity: decrement,
      }),
    );
    return decrement ? 'removed' : 'replaced';
  } catch (error) {
    if (nameOf(error) !== 'ValidationError') throw error;
    const now = await describeGroup(autoScaling, group);
    if (isGone(memberOf(now, id))) return 'gone';
    if (decrement && now.desired <= now.min) return terminateMember(autoScaling, group, id, false);
    throw error;
  }
};
