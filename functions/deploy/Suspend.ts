import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { suspendProcesses } from '../../lib/fleet/processes';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';

/** Suspends the fewest processes, waits until the fleet is settled. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const autoScaling = connect(AutoScalingClient, region);
  return waitingStep<{ suspended: boolean }>(core, clients, 'Suspend', (context) =>
    suspendProcesses(context, { autoScaling }),
  );
};

export const handler = make(production(process.env));
