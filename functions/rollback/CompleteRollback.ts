import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { failureOf } from '../../lib/engine/end';
import { complete } from '../../lib/deployment/complete';
import { makeCore } from '../../lib/engine/core';
import { lambda, reported, type StepEvent } from '../../lib/engine/step';
import { connectChannels } from '../../lib/reporting/channels';

/** The machine's state: what SetScaling's Catch added to it, if it failed. */
interface CaughtState {
  readonly state?: { readonly scalingError?: unknown };
}

/** Marks the release good again and those after it bad, closes the record, notifies. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const channels = connectChannels(region);
  return lambda(core, 'CompleteRollback', ({ deployment, state }: StepEvent & CaughtState) =>
    reported(core, deployment, 'CompleteRollback', () =>
      complete({ core, dynamodb, channels }, deployment, failureOf(state?.scalingError)),
    ),
  );
};

export const handler = make(production(process.env));
