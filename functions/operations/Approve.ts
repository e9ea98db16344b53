import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { approve } from '../../lib/deployment/approve';
import { makeCore } from '../../lib/deployment/core';
import { lambda } from '../../lib/deployment/step';
import { nudgeDeployment } from '../../lib/waiting/nudge';
import { type Pointer, type Wait, Waits } from '../../lib/waiting/waits';

/** A person approves what waits for it: `{"deployment": "api-v2-0123456789ab", "by": "ada"}`. */
export const make = (world: World) => {
  const { region, tables, waitingQueueUrl } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const nudging = {
    waits: new Waits(new Table<Wait | Pointer>(dynamodb, tables.waits)),
    sqs: connect(SQSClient, region),
    waitingQueueUrl,
  };
  const nudge = (deployment: string) => nudgeDeployment(nudging, deployment);
  return lambda(core, 'Approve', (input: unknown) => approve(input, { core, nudge }));
};

export const handler = make(production(process.env));
