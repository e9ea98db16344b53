import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { step } from '../../lib/engine/step';
import { cleanUp } from '../../lib/deployment/compensation/cleanUp';

/** Puts back policies and alarms, and removes launch template version and image, after a step has failed. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const ec2 = connect(EC2Client, region);
  const tools = {
    autoScaling: connect(AutoScalingClient, region),
    cloudWatch: connect(CloudWatchClient, region),
    ec2,
    inRegion: (other: string) => (other === region ? ec2 : connect(EC2Client, other)),
  };
  return step(core, 'CleanUp', (context) => cleanUp(context, tools), {
    undoing: true,
    closedToo: ({ spareUntil }) => spareUntil !== undefined && spareUntil <= core.clock(),
  });
};

export const handler = make(production(process.env));
