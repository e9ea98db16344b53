import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { SNSClient } from '@aws-sdk/client-sns';
import { awaitApproval } from '../../lib/rollout/approval';
import { waitingParts } from '../../lib/waiting/waitingParts';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** Asks for an approval of the rest of the rollout, and waits for it. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const tools = { sns: connect(SNSClient, region) };
  return waitingStep(core, clients, 'Approval', (context, memo, save) =>
    awaitApproval(context, memo, save, tools),
  );
};

export const handler = make(production(process.env));
