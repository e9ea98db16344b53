import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect, connectOnce } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/deployment/core';
import { putBack, type PutBackMemo } from '../../lib/fleet/putBack';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** Puts the instance of TakeOut back into service, the minimum back to what it was. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const clients = {
    autoScaling: connect(AutoScalingClient, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    ssm: connectOnce(SSMClient, region),
  };
  return waitingStep<PutBackMemo>(
    makeCore(world, dynamodb),
    { dynamodb, sfn: connect(SFNClient, region), sqs: connect(SQSClient, region) },
    'PutBack',
    (context, memo, save) => putBack(context, memo, save, clients),
  );
};

export const handler = make(production(process.env));
