import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../aws/connect';
import type { World } from '../../aws/production';
import { makeCore } from '../core';

/** The parts of every function of a state with `.waitForTaskToken`. */
export const waitingParts = (world: World) => {
  const { region } = world.environment;
  const clients = {
    dynamodb: connect(DynamoDBClient, region),
    sfn: connect(SFNClient, region),
    sqs: connect(SQSClient, region),
  };
  return { region, clients, core: makeCore(world, clients.dynamodb) };
};
