import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { step } from '../../lib/engine/step';
import { setScaling } from '../../lib/scaling/setScaling';

/** Sets the policies and alarms of the settings. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const clients = {
    autoScaling: connect(AutoScalingClient, region),
    cloudWatch: connect(CloudWatchClient, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
  };
  return step(core, 'SetScaling', (context) => setScaling(context, clients));
};

export const handler = make(production(process.env));
