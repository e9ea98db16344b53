import { type AutoScalingClient, SetInstanceProtectionCommand } from '@aws-sdk/client-auto-scaling';
import { chunks } from '../aws/chunks';
import { describeGroup } from '../fleet/group';
import { memberOf } from '../fleet/members';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effects';
import { asBefore, settleAs, settleBy, undone } from '../engine/settled';

/** SetInstanceProtection takes 50 ids a call (Auto Scaling API). */
export const maxProtected = 50;

/** Takes the protection of our new instances away again; one that is gone, or has none any more, needs nothing. */
export const putBackProtection = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effects: readonly Effect[],
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
    const call = async () => {
      await context.guard();
      await autoScaling.send(
        new SetInstanceProtectionCommand({
          AutoScalingGroupName: group.name,
          InstanceIds: some.map(({ target }) => target),
          ProtectedFromScaleIn: false,
        }),
      );
      return undone;
    };
    const once = call();
    await Promise.all(some.map((effect) => settleBy(context, effect, () => once)));
  }
};
