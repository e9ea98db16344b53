import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { step } from '../../lib/engine/step';
import { terminateBuilder } from '../../lib/provisioning/builderEffect';

/** Terminates the builder after its image is made. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const ec2 = connect(EC2Client, region);
  return step(core, 'TerminateBuilder', (context) => terminateBuilder(context, ec2));
};

export const handler = make(production(process.env));
