import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { SqsEvent } from '@forseti/messaging';
import { eachMessage } from '../../lib/aws/batch';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { lambda } from '../../lib/engine/step';
import { makeLogger } from '../../lib/aws/log';
import { wake } from '../../lib/engine/waiting/wake';
import { makeWaits } from '../../lib/engine/waiting/waits';

/** Wakes the parked steps that an event or a delayed message is about. */
export const make = (world: World) => {
  const { region } = world.environment;
  const tools = {
    waits: makeWaits(world.environment, connect(DynamoDBClient, region)),
    lambda: connect(LambdaClient, region),
  };
  const logger = makeLogger(world.environment);
  return lambda(world, 'Look', (event: SqsEvent) => eachMessage(event, (body) => wake(body, tools), logger));
};

export const handler = make(production(process.env));
