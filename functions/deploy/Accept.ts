import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { accept, type AcceptEvent, type LatestItem } from '../../lib/deployment/accept';
import { makeCore } from '../../lib/engine/core';
import { lambda, reported } from '../../lib/engine/step';
import { connectChannels } from '../../lib/reporting/channels';

/** Parses the input, loads the application's settings, names the deployment, writes its record. */
export const make = (world: World) => {
  const { environment } = world;
  const dynamodb = connect(DynamoDBClient, environment.region);
  const core = makeCore(world, dynamodb);
  const ssm = connect(SSMClient, environment.region);
  const tools = {
    core,
    channels: connectChannels(environment.region),
    lambda: connect(LambdaClient, environment.region),
    latest: new Table<LatestItem>(dynamodb, environment.tables.requests),
    readSettings: (application: string) => readSettings(ssm, environment.settingsPrefix, application),
  };
  return lambda(core, 'Accept', (event: AcceptEvent) =>
    reported(core, event.deployment, 'Accept', () => accept(event, tools)),
  );
};

export const handler = make(production(process.env));
