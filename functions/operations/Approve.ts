import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { approve } from '../../lib/deployment/approve';
import { makeCore } from '../../lib/engine/core';
import { lambda } from '../../lib/engine/step';
import { makeWaker } from '../../lib/engine/waiting/waker';

/** A person approves a deployment that waits for it: `{"deployment": "api-v2-0123456789ab", "by": "ada"}`. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const wake = makeWaker(world.environment, dynamodb, connect(SQSClient, region)).deployment;
  return lambda(core, 'Approve', (input: unknown) => approve(input, { core, wake }));
};

export const handler = make(production(process.env));
