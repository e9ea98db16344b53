import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/deployment/core';
import { observe } from '../../lib/rollout/observe';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** The rest of the bake time. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const clients = { dynamodb, sfn: connect(SFNClient, region), sqs: connect(SQSClient, region) };
  const tools = { cloudWatch: connect(CloudWatchClient, region) };
  return waitingStep(core, clients, 'Observe', (context, memo, save) => observe(context, memo, save, tools));
};

export const handler = make(production(process.env));
