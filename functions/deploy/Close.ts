import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { type CloseRecordEvent, closeRecord } from '../../lib/deployment/closeRecord';
import { makeCore } from '../../lib/engine/core';
import { lambda } from '../../lib/engine/step';
import { connectChannels } from '../../lib/reporting/channels';

/** Works out how the deployment ended, closes its record, notifies. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const channels = connectChannels(region);
  return lambda(core, 'Close', (event: CloseRecordEvent) => closeRecord(core, channels, event));
};

export const handler = make(production(process.env));
