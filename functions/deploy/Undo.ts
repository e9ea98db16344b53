import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { undo } from '../../lib/deployment/compensation/undo';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';
import { makeWaits } from '../../lib/engine/waiting/waits';

/** Stops what still runs and lets the fleet scale again, after a step has failed. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const tools = {
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    ssm: connect(SSMClient, region),
    waits: makeWaits(world.environment, clients.dynamodb),
  };
  return waitingStep(core, clients, 'Undo', (context, memo, save) => undo(context, tools, memo, save), {
    undoing: true,
  });
};

export const handler = make(production(process.env));
