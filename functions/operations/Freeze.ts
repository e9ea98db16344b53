import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { freezeByHand } from '../../lib/deployment/freezeRequest';
import { lambda } from '../../lib/engine/step';
import { connectChannels } from '../../lib/reporting/channels';

/**
 * A person freezes an application, or all, and lifts that again: `{"freeze": "api", "reason": "...", "by": "ada"}`,
 * `{"unfreeze": "*", "by": "ada"}`.
 */
export const make = (world: World) => {
  const { region, settingsPrefix } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const ssm = connect(SSMClient, region);
  const tools = {
    core,
    channels: connectChannels(region),
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
  };
  return lambda(core, 'Freeze', (input: unknown) => freezeByHand(input, tools));
};

export const handler = make(production(process.env));
