import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { raiseFence, type RaiseFenceEvent } from '../../lib/deployment/raiseFence';
import { lambda } from '../../lib/engine/step';

/** Takes over the lock of an execution that has ended, and returns what has to be repaired. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const sfn = connect(SFNClient, region);
  return lambda(core, 'RaiseFence', (event: RaiseFenceEvent) => raiseFence(core, sfn, event));
};

export const handler = make(production(process.env));
