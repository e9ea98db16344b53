import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/deployment/core';
import { rollout } from '../../lib/rollout/rollout';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** Brings the new launch template version to the fleet. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const clients = { dynamodb, sfn: connect(SFNClient, region), sqs: connect(SQSClient, region) };
  const tools = {
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
  };
  return waitingStep(core, clients, 'Rollout', (context, memo, save) => rollout(context, memo, save, tools));
};

export const handler = make(production(process.env));
