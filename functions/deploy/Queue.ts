import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { waitInQueue } from '../../lib/deployment/queue';
import { makeNudge } from '../../lib/waiting/nudge';
import { makeCore } from '../../lib/deployment/core';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** Waits for the lock, where the settings say that a request does; the newest one only. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const clients = { dynamodb, sfn: connect(SFNClient, region), sqs: connect(SQSClient, region) };
  const tools = {
    sfn: clients.sfn,
    nudge: makeNudge(world.environment, dynamodb, clients.sqs).deployment,
  };
  return waitingStep(core, clients, 'Queue', (context) => waitInQueue(context, tools), { lockless: true });
};

export const handler = make(production(process.env));
