import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { makeCore } from '../../lib/deployment/core';
import { haltDeployment } from '../../lib/deployment/haltRequest';
import { lambda } from '../../lib/deployment/step';
import { nudgeDeployment } from '../../lib/waiting/nudge';
import { type Pointer, type Wait, Waits } from '../../lib/waiting/waits';

/** A person asks the deployment that runs to stop: `{"application": "api", "reason": "...", "by": "ada"}`. */
export const make = (world: World) => {
  const { region, tables, waitingQueueUrl, settingsPrefix } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const ssm = connect(SSMClient, region);
  const nudging = {
    waits: new Waits(new Table<Wait | Pointer>(dynamodb, tables.waits)),
    sqs: connect(SQSClient, region),
    waitingQueueUrl,
  };
  const tools = {
    core,
    sns: connect(SNSClient, region),
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
    nudge: (deployment: string) => nudgeDeployment(nudging, deployment),
  };
  return lambda(core, 'HaltDeployment', (input: unknown) => haltDeployment(input, tools));
};

export const handler = make(production(process.env));
