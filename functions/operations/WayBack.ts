import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readAllSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { lambda } from '../../lib/engine/step';
import { waysBack } from '../../lib/rollback/waysBack';

/** Where rollbacks would go to now, and whether they could: of one application, or of all. It changes nothing. */
export const make = (world: World) => {
  const { region, settingsPrefix } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const ssm = connect(SSMClient, region);
  const tools = {
    core,
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    lambda: connect(LambdaClient, region),
    readAll: () => readAllSettings(ssm, settingsPrefix),
  };
  return lambda(core, 'WayBack', (input: unknown) => waysBack(input, tools));
};

export const handler = make(production(process.env));
