import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { step } from '../../lib/engine/step';
import { preflightRollback } from '../../lib/rollback/preflightRollback';

/** Checks that the release can be launched, before anything is touched. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const clients = { autoScaling: connect(AutoScalingClient, region), ec2: connect(EC2Client, region) };
  return step(core, 'PreflightRollback', (context) => preflightRollback(context, clients), {
    lockless: true,
  });
};

export const handler = make(production(process.env));
