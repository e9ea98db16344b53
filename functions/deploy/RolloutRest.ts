import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { rolloutByRefresh } from '../../lib/rollout/instanceRefresh';
import { makeCore } from '../../lib/deployment/core';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** Brings the new launch template version to the rest of the fleet. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const clients = { dynamodb, sfn: connect(SFNClient, region), sqs: connect(SQSClient, region) };
  const autoScaling = connect(AutoScalingClient, region);
  return waitingStep(core, clients, 'RolloutRest', (context, memo, save) =>
    rolloutByRefresh(context, memo, save, autoScaling, 'rest'),
  );
};

export const handler = make(production(process.env));
