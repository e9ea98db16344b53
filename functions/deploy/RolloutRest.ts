import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { rolloutByRefresh } from '../../lib/rollout/instanceRefresh';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';

/** Brings the new launch template version to the rest of the fleet. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const autoScaling = connect(AutoScalingClient, region);
  return waitingStep(core, clients, 'RolloutRest', (context, memo, save) =>
    rolloutByRefresh(context, memo, save, autoScaling, 'rest'),
  );
};

export const handler = make(production(process.env));
