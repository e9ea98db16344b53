import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect, connectOnce } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/deployment/core';
import { takeOut, type TakeOutMemo } from '../../lib/fleet/takeOut';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** Takes one instance out of service and seals it. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const clients = {
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    ssm: connectOnce(SSMClient, region),
  };
  return waitingStep<TakeOutMemo>(
    makeCore(world, dynamodb),
    { dynamodb, sfn: connect(SFNClient, region), sqs: connect(SQSClient, region) },
    'TakeOut',
    (context, memo, save) => takeOut(context, memo, save, clients),
  );
};

export const handler = make(production(process.env));
