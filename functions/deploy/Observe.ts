import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { observe } from '../../lib/rollout/observe';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';

/** Watches the alarms for the rest of the bake time. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const tools = { cloudWatch: connect(CloudWatchClient, region) };
  return waitingStep(core, clients, 'Observe', (context, memo, save) => observe(context, memo, save, tools));
};

export const handler = make(production(process.env));
