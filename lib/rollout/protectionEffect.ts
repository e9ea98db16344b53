import { type AutoScalingClient, SetInstanceProtectionCommand } from '@aws-sdk/client-auto-scaling';
import { chunks } from '../aws/chunks';
import type { StepContext } from '../engine/context';
import { type Effect, isOpen } from '../engine/effect';
import { defineEffect, type EffectRepair } from '../engine/effectKind';
import { intendGuarded } from '../engine/effects';
import { aws, data } from '../engine/repairCommand';
import { asBefore, settleAs, settleBy, undone } from '../engine/settled';
import { describeGroup, type Group } from '../fleet/group';
import { memberOf } from '../fleet/members';

/** The protection of an instance from scaling in. */
export interface ProtectionShape {
  readonly kind: 'protection';
  /** The instance. */
  readonly target: string;
  readonly before: false;
  readonly wrote: true;
  readonly result: undefined;
}

export const protectionEffect = defineEffect<ProtectionShape>('protection');

export const protectionRepair: EffectRepair<ProtectionShape> = {
  of: protectionEffect,
  scope: 'work',
  repair: ({ target }, { region, record: { group } }) =>
    aws({ region }, 'autoscaling set-instance-protection', {
      '--auto-scaling-group-name': data(group),
      '--instance-ids': data(target),
      '--no-protected-from-scale-in': true,
    }),
};

/** SetInstanceProtection takes 50 ids a call (Auto Scaling API). */
const maxProtected = 50;

const setProtection = async (
  autoScaling: AutoScalingClient,
  group: Pick<Group, 'name'>,
  ids: readonly string[],
  isProtected: boolean,
): Promise<void> => {
  await autoScaling.send(
    new SetInstanceProtectionCommand({
      AutoScalingGroupName: group.name,
      InstanceIds: [...ids],
      ProtectedFromScaleIn: isProtected,
    }),
  );
};

/** Protects instances, as many per call as AWS takes. */
export const protectInstances = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Pick<Group, 'name'>,
  ids: readonly string[],
): Promise<void> => {
  const { effects: journal } = context.core;
  for (const some of chunks(ids, maxProtected)) {
    // One look at the lock for all of them.
    let guarded: Promise<void> | undefined;
    const guard = () => (guarded ??= context.guard());
    const intended = await Promise.allSettled(
      some.map((target) =>
        intendGuarded(
          journal,
          () =>
            journal.intend(context.record.deployment, context.state, protectionEffect, {
              target,
              before: false,
              wrote: true,
            }),
          guard,
        ),
      ),
    );
    const effects = intended.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
    await setProtection(autoScaling, group, some, true);
    await Promise.all(effects.map(({ effect }) => journal.settle(effect, 'done')));
  }
};

/** Removes the protection of our new instances. Instances that are gone, or not protected any more, need nothing. */
export const putBackProtection = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effects: readonly Effect<ProtectionShape>[],
): Promise<void> => {
  if (effects.length === 0) return;
  const group = await describeGroup(autoScaling, context.record.group);
  const isProtected = ({ target }: Effect): boolean => {
    const member = memberOf(group, target);
    return member?.lifecycle === 'InService' && member.protectedFromScaleIn;
  };
  await Promise.all(
    effects
      .filter((effect) => !isProtected(effect))
      .map((effect) => settleAs(context.core, effect, asBefore(effect))),
  );
  for (const some of chunks(effects.filter(isProtected), maxProtected)) {
    const ids = some.map(({ target }) => target);
    const once = context
      .guard()
      .then(() => setProtection(autoScaling, group, ids, false))
      .then(() => undone);
    await Promise.all(some.map((effect) => settleBy(context, protectionRepair, effect, () => once)));
  }
};

/** Removes the protection of all new instances. */
export const unprotect = async (context: StepContext, autoScaling: AutoScalingClient): Promise<void> => {
  const effects = await context.core.effects.list(context.record.deployment);
  const open = effects.filter((effect) => protectionEffect.is(effect)).filter(isOpen);
  await putBackProtection(context, autoScaling, open);
};
