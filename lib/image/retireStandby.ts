import {
  type AutoScalingClient,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effects';
import type { Group } from '../fleet/group';
import { isGone, memberOf } from '../fleet/members';

/** Kept as the result of the `standby` effect, before anything is changed. */
export interface Retirement {
  /** The desired capacity that was found. */
  readonly from: number;
  /** Whether the instance's place is given back: false where the maximum left no room. */
  readonly raise: boolean;
}

/** The retirement that an earlier look began; undefined where none has. */
export const retirementOf = ({ result }: Pick<Effect, 'result'>): Retirement | undefined =>
  (result as { retirement?: Retirement } | undefined)?.retirement;

/**
 * Ends an instance in standby that must not serve again: gives its place in the desired capacity back (it was taken off
 * when it entered standby), so that the group launches another, and terminates it. It never leaves standby, which would
 * put it into the load balancer. The capacity is raised first, and what it was is noted before: whatever dies in between,
 * the next call finishes it, and raises nothing twice.
 * @param effect of kind `standby`, as it is now.
 * @param group as it is now.
 */
export const retireStandby = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect,
  group: Group,
): Promise<Retirement> => {
  const noted = retirementOf(effect);
  const retirement = noted ?? { from: group.desired, raise: group.desired < group.max };
  if (!noted) await context.core.effects.settle(effect, 'done', { result: { retirement } });
  // Whatever differs from what was found was raised by us, or is what scaling wants by now.
  if (retirement.raise && group.desired === retirement.from && group.desired < group.max) {
    await context.guard();
    await autoScaling.send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: group.name,
        DesiredCapacity: retirement.from + 1,
        HonorCooldown: false,
      }),
    );
  }
  if (!isGone(memberOf(group, effect.target))) {
    await context.guard();
    await autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: effect.target,
        ShouldDecrementDesiredCapacity: false,
      }),
    );
  }
  return retirement;
};
