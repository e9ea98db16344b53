import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { lambda } from '../../lib/engine/step';
import { awaitServing } from '../../lib/replacement/awaitServing';
import type { ReplacementEvent } from '../../lib/replacement/replacement';

/** Checks whether the fleet serves as it should without the instance that was replaced. */
export const make = (world: World) => {
  const { region, settingsPrefix } = world.environment;
  const ssm = connect(SSMClient, region);
  const tools = {
    autoScaling: connect(AutoScalingClient, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
  };
  return lambda(world, 'AwaitServing', (event: ReplacementEvent) => awaitServing(event, tools));
};

export const handler = make(production(process.env));
