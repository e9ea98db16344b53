import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { step } from '../../lib/engine/step';
import { preflightRollback } from '../../lib/rollback/preflightRollback';

/** Checks that the release can be launched, and finds what goes back with it, before anything is touched. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const clients = {
    autoScaling: connect(AutoScalingClient, region),
    cloudWatch: connect(CloudWatchClient, region),
    ec2: connect(EC2Client, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
  };
  return step(core, 'PreflightRollback', (context) => preflightRollback(context, clients), {
    lockless: true,
  });
};

export const handler = make(production(process.env));
