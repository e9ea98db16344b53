import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { awaitApproval } from '../../lib/rollout/approval';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';
import { connectChannels } from '../../lib/reporting/channels';

/** Asks for an approval of the rest of the rollout, and waits for it. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const tools = { channels: connectChannels(region), autoScaling: connect(AutoScalingClient, region) };
  return waitingStep(core, clients, 'Approval', (context, memo, save) =>
    awaitApproval(context, memo, save, tools),
  );
};

export const handler = make(production(process.env));
