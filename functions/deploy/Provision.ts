import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect, connectOnce } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { provision, type ProvisionMemo, tryProvision } from '../../lib/provisioning/provision';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';

/** Runs Ansible on the recorded instances: on one first, then on the rest. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const tools = {
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    ssm: connectOnce(SSMClient, region),
  };
  return waitingStep<ProvisionMemo>(
    core,
    clients,
    'Provision',
    (context, memo, save) => provision(context, memo, save, tools),
    { dryRun: (context) => tryProvision(context, tools) },
  );
};

export const handler = make(production(process.env));
