import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { rollBack } from '../../lib/rollback/rollBack';
import { tryLaunch } from '../../lib/rollback/tryLaunch';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';

/** Brings the launch template version of a known release to the fleet. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const tools = {
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
  };
  return waitingStep(
    core,
    clients,
    'RollBack',
    (context, memo, save) => rollBack(context, memo, save, tools),
    { dryRun: (context) => tryLaunch(context, tools) },
  );
};

export const handler = make(production(process.env));
