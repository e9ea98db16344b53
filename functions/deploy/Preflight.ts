import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { connectChecks } from '../../lib/deployment/preflight/clients';
import { preflight } from '../../lib/deployment/preflight/preflight';
import { makeCore } from '../../lib/engine/core';
import { step } from '../../lib/engine/step';

/** Makes all checks before anything is touched; notes the baseline and works out the deadlines. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const clients = connectChecks(region);
  return step(core, 'Preflight', (context) => preflight(context, clients));
};

export const handler = make(production(process.env));
