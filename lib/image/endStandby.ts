import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { describeGroup } from '../fleet/group';
import { memberOf } from '../fleet/members';
import { retirementOf, retireStandby } from './retireStandby';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effects';
import { asBefore, type Settled, undone } from '../engine/settled';

/**
 * The instance that was taken out for the image. It was provisioned in place and may be sealed (no host keys, no secrets),
 * so it must not serve again: the group launches another in its place. Where the maximum leaves no room, others have taken
 * its place already.
 * @returns undefined as long as it is on its way into standby.
 */
export const endStandby = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect,
): Promise<Settled | undefined> => {
  const group = await describeGroup(autoScaling, context.record.group);
  if (!retirementOf(effect)) {
    const lifecycle = memberOf(group, effect.target)?.lifecycle;
    if (lifecycle === 'EnteringStandby') return undefined;
    if (lifecycle !== 'Standby') return asBefore(effect);
  }
  await retireStandby(context, autoScaling, effect, group);
  return undone;
};
