import {
  type AutoScalingClient,
  EnterStandbyCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effect';
import { defineEffect, type EffectRepair } from '../engine/effectKind';
import { inTurn, aws, data, found, foundPlusOne, jmespath } from '../engine/repairCommand';
import { asBefore, type Settled, undone } from '../engine/settled';
import { describeGroup, type Group } from '../fleet/group';
import { isGone, memberOf } from '../fleet/members';

/** How an instance in standby that must not serve again is retired; noted before anything is changed. */
export interface StandbyRetirement {
  /** The desired capacity before. */
  readonly from: number;
  /** Whether the desired capacity is raised for a replacement: false if the maximum leaves no room. */
  readonly raise: boolean;
}

/** The instance that was taken out of service for the image. */
export interface StandbyShape {
  readonly kind: 'standby';
  /** The instance. */
  readonly target: string;
  readonly before: 'InService';
  readonly wrote: 'Standby';
  /** Noted when its retirement begins. */
  readonly result: { readonly retirement: StandbyRetirement } | undefined;
}

export const standbyEffect = defineEffect<StandbyShape>('standby');

/**
 * The instance may be sealed, or run a failed version: it must not serve again, so it does not leave standby. Entering
 * standby lowered the desired capacity; the repair raises it again by number.
 */
export const standbyRepair: EffectRepair<StandbyShape> = {
  of: standbyEffect,
  scope: 'work',
  repair: ({ target, result, state }, { region, record: { group } }) => {
    const place = { region };
    const now = foundPlusOne(
      place,
      'autoscaling describe-auto-scaling-groups',
      { '--auto-scaling-group-names': data(group) },
      jmespath`AutoScalingGroups[0].DesiredCapacity`,
    );
    // If only the intent is known, the instance may still be in service.
    const inStandby = found(
      place,
      'autoscaling describe-auto-scaling-instances',
      { '--instance-ids': data(target) },
      jmespath`AutoScalingInstances[?contains(LifecycleState, 'Standby')].InstanceId`,
    );
    const terminate = aws(place, 'autoscaling terminate-instance-in-auto-scaling-group', {
      '--instance-id': state === 'intended' ? inStandby : data(target),
      '--no-should-decrement-desired-capacity': true,
    });
    if (result?.retirement.raise === false) return terminate;
    return inTurn(
      terminate,
      aws(place, 'autoscaling set-desired-capacity', {
        '--auto-scaling-group-name': data(group),
        '--desired-capacity': result ? data(result.retirement.from + 1) : now,
      }),
    );
  },
};

export const enterStandby = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  { name }: Pick<Group, 'name'>,
  instance: string,
): Promise<void> => {
  await context.change(
    standbyEffect,
    { target: instance, before: 'InService', wrote: 'Standby' },
    async (_, again) => {
      // AWS refuses an instance that is in standby already, or on its way there.
      const group = again ? await describeGroup(autoScaling, name) : undefined;
      if (group && memberOf(group, instance)?.lifecycle.includes('Standby') === true) return undefined;
      await autoScaling.send(
        new EnterStandbyCommand({
          AutoScalingGroupName: name,
          InstanceIds: [instance],
          ShouldDecrementDesiredCapacity: true,
        }),
      );
      return undefined;
    },
  );
};

/**
 * Retires an instance in standby that must not serve again. Raises the desired capacity, which was lowered when the
 * instance entered standby, so that the group launches another; then terminates the instance. The instance never leaves
 * standby, which would put it into the load balancer. The former capacity is noted before it is raised: after a crash
 * in between, the next call finishes the work and raises nothing twice.
 * @param effect its current state.
 * @param group its current state.
 */
export const retireStandby = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect<StandbyShape>,
  group: Group,
): Promise<StandbyRetirement> => {
  const noted = effect.result?.retirement;
  const retirement = noted ?? { from: group.desired, raise: group.desired < group.max };
  if (!noted) await context.core.effects.settle(effect, 'done', { result: { retirement } });
  // If the capacity differs from the noted one, we have raised it already, or scaling has changed it.
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

/**
 * Ends the instance that was taken out for the image. It was provisioned in place and may be sealed (no host keys, no
 * secrets), so it must not serve again: the group launches another in its place. If the maximum leaves no room, others
 * have taken its place already.
 * @returns undefined while it is on its way into standby.
 */
export const endStandby = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect<StandbyShape>,
): Promise<Settled | undefined> => {
  const group = await describeGroup(autoScaling, context.record.group);
  if (!effect.result) {
    const lifecycle = memberOf(group, effect.target)?.lifecycle;
    if (lifecycle === 'EnteringStandby') return undefined;
    if (lifecycle !== 'Standby') return asBefore(effect);
  }
  await retireStandby(context, autoScaling, effect, group);
  return undone;
};
