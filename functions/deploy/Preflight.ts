import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { preflight } from '../../lib/deployment/preflight/preflight';
import { step } from '../../lib/engine/step';

/** Makes all checks before anything is touched; notes the baseline and works out the deadlines. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const clients = {
    autoScaling: connect(AutoScalingClient, region),
    cloudWatch: connect(CloudWatchClient, region),
    ec2: connect(EC2Client, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    lambda: connect(LambdaClient, region),
    quotas: connect(ServiceQuotasClient, region),
    ssm: connect(SSMClient, region),
  };
  return step(core, 'Preflight', (context) => preflight(context, clients));
};

export const handler = make(production(process.env));
