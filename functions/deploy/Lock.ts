import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { step } from '../../lib/engine/step';
import { takeLock } from '../../lib/engine/takeLock';

/** Takes the fleet's lock: one deployment or rollback per fleet. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const sfn = connect(SFNClient, region);
  return step(core, 'Lock', (context) => takeLock(context, sfn), { lockless: true });
};

export const handler = make(production(process.env));
