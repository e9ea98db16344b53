import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { lambda } from '../../lib/engine/step';
import { type CloseEvent, closeReplacement } from '../../lib/replacement/closeReplacement';
import type { NotifiedItem } from '../../lib/replacement/watchInstances';
import { connectChannels } from '../../lib/reporting/channels';

/** Notifies of the end of an instance's replacement. */
export const make = (world: World) => {
  const { region, settingsPrefix, tables } = world.environment;
  const ssm = connect(SSMClient, region);
  const tools = {
    environment: world.environment,
    channels: connectChannels(region),
    told: new Table<NotifiedItem>(connect(DynamoDBClient, region), tables.requests),
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
  };
  return lambda(world, 'CloseReplacement', (event: CloseEvent) => closeReplacement(event, tools));
};

export const handler = make(production(process.env));
