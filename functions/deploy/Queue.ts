import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { waitInQueue } from '../../lib/deployment/queue';
import { nudgeDeployment } from '../../lib/waiting/nudge';
import { type Pointer, type Wait, Waits } from '../../lib/waiting/waits';
import { makeCore } from '../../lib/deployment/core';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** Waits for the lock, where the settings say that a request does; the newest one only. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const clients = { dynamodb, sfn: connect(SFNClient, region), sqs: connect(SQSClient, region) };
  const waits = new Waits(new Table<Wait | Pointer>(dynamodb, world.environment.tables.waits));
  const nudging = { waits, sqs: clients.sqs, waitingQueueUrl: world.environment.waitingQueueUrl };
  const tools = {
    sfn: clients.sfn,
    nudge: (deployment: string) => nudgeDeployment(nudging, deployment),
  };
  return waitingStep(core, clients, 'Queue', (context) => waitInQueue(context, tools), { lockless: true });
};

export const handler = make(production(process.env));
