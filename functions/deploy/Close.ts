import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { type CloseEvent, closeRecord } from '../../lib/deployment/closeRecord';
import { makeCore } from '../../lib/deployment/core';
import { lambda } from '../../lib/deployment/step';

/** Works out how the deployment ended, closes its record, tells. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const sns = connect(SNSClient, region);
  return lambda(core, 'Close', (event: CloseEvent) => closeRecord(core, sns, event));
};

export const handler = make(production(process.env));
