import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { checkSettings } from '../../lib/application/checkSettings';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { lambda } from '../../lib/engine/step';
import { makePlan } from '../../lib/plan/makePlan';

/**
 * What a deployment would find, change, take and cost: `{"application": "api", "version": "v1.4.2"}`, and every other
 * option of the deploy machine. It changes nothing.
 */
export const make = (world: World) => {
  const { region, settingsPrefix } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const ssm = connect(SSMClient, region);
  const tools = {
    core,
    clients: {
      autoScaling: connect(AutoScalingClient, region),
      cloudWatch: connect(CloudWatchClient, region),
      ec2: connect(EC2Client, region),
      elb: connect(ElasticLoadBalancingV2Client, region),
      lambda: connect(LambdaClient, region),
      quotas: connect(ServiceQuotasClient, region),
      ssm,
    },
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application, checkSettings),
  };
  return lambda(core, 'Plan', (input: unknown) => makePlan(input, tools));
};

export const handler = make(production(process.env));
