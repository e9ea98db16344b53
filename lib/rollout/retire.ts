import {
  type AutoScalingClient,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { nameOf } from '../aws/failure';
import type { StepContext } from '../engine/context';
import type { Member } from '../fleet/group';
import { acrossZones, type Retirement } from './arithmetic';
import type { FleetView } from './fleetView';

/** Which members a retirement is about. */
export const choose = (view: FleetView, retirement: Retirement): Member[] => {
  const inService = view.old.filter(({ lifecycle }) => lifecycle === 'InService');
  const isHealthy = ({ id }: Member) => view.healthy.has(id);
  return [
    ...acrossZones(inService.filter((member) => !isHealthy(member))).slice(0, retirement.unhealthy),
    ...acrossZones(inService.filter(isHealthy)).slice(0, retirement.healthy),
  ];
};

/** Leaves nothing to undo: what is launched in their place is replaced by the way back. One that is gone is gone. */
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
      // Auto Scaling knows it no more, or terminates it already.
      if (nameOf(error) !== 'ValidationError') throw error;
    }
  }
};
