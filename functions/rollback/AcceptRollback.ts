import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { lambda, reported } from '../../lib/engine/step';
import { acceptRollback, type AcceptRollbackEvent } from '../../lib/rollback/acceptRollback';
import { connectChannels } from '../../lib/reporting/channels';

/** Parses the request, chooses the release to go to, writes the record. */
export const make = (world: World) => {
  const { environment } = world;
  const core = makeCore(world, connect(DynamoDBClient, environment.region));
  const ssm = connect(SSMClient, environment.region);
  const tools = {
    core,
    channels: connectChannels(environment.region),
    lambda: connect(LambdaClient, environment.region),
    autoScaling: connect(AutoScalingClient, environment.region),
    ec2: connect(EC2Client, environment.region),
    readSettings: (application: string) => readSettings(ssm, environment.settingsPrefix, application),
  };
  return lambda(core, 'AcceptRollback', (event: AcceptRollbackEvent) =>
    reported(core, event.deployment, 'AcceptRollback', () => acceptRollback(event, tools)),
  );
};

export const handler = make(production(process.env));
