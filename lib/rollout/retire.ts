import {
  type AutoScalingClient,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { nameOf } from '../aws/failure';
import type { StepContext } from '../engine/context';
import type { Member } from '../fleet/group';
import { acrossZones, type Retirement } from './arithmetic';
import type { FleetView } from './fleetView';

/** The members that a retirement terminates. */
export const choose = (view: FleetView, retirement: Retirement): Member[] => {
  const inService = view.old.filter(({ lifecycle }) => lifecycle === 'InService');
  const isHealthy = ({ id }: Member) => view.healthy.has(id);
  return [
    ...acrossZones(inService.filter((member) => !isHealthy(member))).slice(0, retirement.unhealthy),
    ...acrossZones(inService.filter(isHealthy)).slice(0, retirement.healthy),
  ];
};

/**
 * Terminates members. It notes no effect: the way back replaces what is launched in their place. Members that are gone
 * already are skipped.
 */
export const retire = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  members: readonly Member[],
  decrement: boolean,
): Promise<void> => {
  if (members.length === 0) return;
  await context.guard();
  for (const { id } of members) {
    try {
      await autoScaling.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          InstanceId: id,
          ShouldDecrementDesiredCapacity: decrement,
        }),
      );
    } catch (error) {
      // Auto Scaling does not know the instance any more, or terminates it already.
      if (nameOf(error) !== 'ValidationError') throw error;
    }
  }
};
