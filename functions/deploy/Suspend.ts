import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/deployment/core';
import { suspendProcesses } from '../../lib/fleet/processes';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** Suspends the fewest processes, waits until the fleet is settled. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const autoScaling = connect(AutoScalingClient, region);
  return waitingStep<{ suspended: boolean }>(
    makeCore(world, dynamodb),
    { dynamodb, sfn: connect(SFNClient, region), sqs: connect(SQSClient, region) },
    'Suspend',
    (context) => suspendProcesses(context, { autoScaling }),
  );
};

export const handler = make(production(process.env));
