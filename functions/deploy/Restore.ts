import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { restore } from '../../lib/deployment/compensation/restore';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';

/** Brings the fleet back to its baseline, after a step has failed. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const tools = {
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    ssm: connect(SSMClient, region),
  };
  return waitingStep(core, clients, 'Restore', (context, memo, save) => restore(context, memo, save, tools), {
    undoing: true,
  });
};

export const handler = make(production(process.env));
