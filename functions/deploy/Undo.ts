import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/deployment/core';
import { undo } from '../../lib/deployment/undo/undo';
import { waitingStep } from '../../lib/waiting/waitingStep';
import { makeWaits } from '../../lib/waiting/waits';

/** Stops what still runs and lets the fleet scale again, after a step has failed. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const tools = {
    autoScaling: connect(AutoScalingClient, region),
    ssm: connect(SSMClient, region),
    waits: makeWaits(world.environment, dynamodb),
  };
  const clients = { dynamodb, sfn: connect(SFNClient, region), sqs: connect(SQSClient, region) };
  return waitingStep(core, clients, 'Undo', (context) => undo(context, tools), { undoing: true });
};

export const handler = make(production(process.env));
