import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { complete } from '../../lib/deployment/complete';
import { makeCore } from '../../lib/engine/core';
import { lambda, reported, type StepEvent } from '../../lib/engine/step';
import type { DeploymentRecord } from '../../lib/engine/record';
import { lookAtFleet } from '../../lib/rollout/fleetAtEnd';
import { connectChannels } from '../../lib/reporting/channels';

/** Marks the release good (the point of no return), closes the record, notifies. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const channels = connectChannels(region);
  const clients = { autoScaling: connect(AutoScalingClient, region), ec2: connect(EC2Client, region) };
  const tools = {
    core,
    dynamodb,
    channels,
    lookAtFleet: (record: DeploymentRecord) => lookAtFleet(clients, record),
  };
  return lambda(core, 'Complete', ({ deployment }: StepEvent) =>
    reported(core, deployment, 'Complete', () => complete(tools, deployment)),
  );
};

export const handler = make(production(process.env));
