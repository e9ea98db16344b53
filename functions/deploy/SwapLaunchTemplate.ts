import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { step } from '../../lib/engine/step';
import { swapLaunchTemplate, trySwap } from '../../lib/rollout/swapLaunchTemplate';

/** Makes a numbered launch template version with the new image. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const clients = { ec2: connect(EC2Client, region), autoScaling: connect(AutoScalingClient, region) };
  return step(core, 'SwapLaunchTemplate', (context) => swapLaunchTemplate(context, clients), {
    dryRun: (context) => trySwap(context, clients),
  });
};

export const handler = make(production(process.env));
