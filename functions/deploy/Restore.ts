import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/deployment/core';
import { restore } from '../../lib/deployment/undo/restore';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** Brings the fleet back to its baseline, after a step has failed. */
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
  return waitingStep(core, clients, 'Restore', (context, memo, save) => restore(context, memo, save, tools), {
    undoing: true,
  });
};

export const handler = make(production(process.env));
