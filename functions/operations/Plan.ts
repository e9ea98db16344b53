import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { checkSettings } from '../../lib/application/checkSettings';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { connectChecks } from '../../lib/deployment/preflight/clients';
import { makeCore } from '../../lib/engine/core';
import { lambda } from '../../lib/engine/step';
import { makePlan } from '../../lib/plan/makePlan';

/**
 * What a deployment would find, change, take and cost: `{"application": "api", "version": "v1.4.2"}`, and every other
 * option of the deploy machine. It changes nothing.
 */
export const make = (world: World) => {
  const { region, settingsPrefix } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const clients = connectChecks(region);
  const tools = {
    core,
    clients,
    readSettings: (application: string) =>
      readSettings(clients.ssm, settingsPrefix, application, checkSettings),
  };
  return lambda(core, 'Plan', (input: unknown) => makePlan(input, tools));
};

export const handler = make(production(process.env));
