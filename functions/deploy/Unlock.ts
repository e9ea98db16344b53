import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { lambda } from '../../lib/engine/step';
import { unlock, type UnlockEvent } from '../../lib/deployment/unlock';
import { makeWaker } from '../../lib/engine/waiting/waker';

/** Releases the fleet's lock. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const wake = makeWaker(world.environment, dynamodb, connect(SQSClient, region));
  return lambda<UnlockEvent, { released: boolean }>(core, 'Unlock', (event) => unlock(core, wake, event));
};

export const handler = make(production(process.env));
