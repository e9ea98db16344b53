import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { SNSClient } from '@aws-sdk/client-sns';
import { awaitApproval } from '../../lib/rollout/approval';
import { makeCore } from '../../lib/deployment/core';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** Asks for an approval of the rest of the rollout, and waits for it. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const clients = { dynamodb, sfn: connect(SFNClient, region), sqs: connect(SQSClient, region) };
  const tools = { sns: connect(SNSClient, region) };
  return waitingStep(core, clients, 'Approval', (context, memo, save) =>
    awaitApproval(context, memo, save, tools),
  );
};

export const handler = make(production(process.env));
