import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { complete } from '../../lib/deployment/complete';
import { makeCore } from '../../lib/engine/core';
import { lambda, reported, type StepEvent } from '../../lib/engine/step';
import { connectChannels } from '../../lib/reporting/channels';

/** Marks the release good (the point of no return), closes the record, notifies. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const channels = connectChannels(region);
  return lambda(core, 'Complete', ({ deployment }: StepEvent) =>
    reported(core, deployment, 'Complete', () => complete({ core, dynamodb, channels }, deployment)),
  );
};

export const handler = make(production(process.env));
