import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { haltDeployment } from '../../lib/deployment/haltRequest';
import { lambda } from '../../lib/engine/step';
import { makeWaker } from '../../lib/engine/waiting/waker';
import { connectChannels } from '../../lib/reporting/channels';

/** A person asks the running deployment to stop: `{"application": "api", "reason": "...", "by": "ada"}`. */
export const make = (world: World) => {
  const { region, settingsPrefix } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const ssm = connect(SSMClient, region);
  const tools = {
    core,
    channels: connectChannels(region),
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
    wake: makeWaker(world.environment, dynamodb, connect(SQSClient, region)).deployment,
  };
  return lambda(core, 'HaltDeployment', (input: unknown) => haltDeployment(input, tools));
};

export const handler = make(production(process.env));
