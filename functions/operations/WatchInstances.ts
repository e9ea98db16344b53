import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readAllSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { lambda } from '../../lib/engine/step';
import { readReplaceMachineArn } from '../../lib/replacement/environment';
import type { Hours } from '../../lib/replacement/hours';
import { startReplacement } from '../../lib/replacement/startReplacement';
import { type NotifiedItem, watchInstances } from '../../lib/replacement/watchInstances';
import { connectChannels } from '../../lib/reporting/channels';
import { makeLogger } from '../../lib/aws/log';

/**
 * Every five minutes, and after an event of AWS Health about EC2: notifies once of each problem of an instance, and has
 * the instance replaced if the settings say so.
 */
export const make = (world: World, replaceMachineArn: string) => {
  const { region, settingsPrefix, tables } = world.environment;
  const ssm = connect(SSMClient, region);
  const sfn = connect(SFNClient, region);
  const logger = makeLogger(world.environment);
  const tools = {
    ...world,
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    channels: connectChannels(region),
    told: new Table<NotifiedItem>(connect(DynamoDBClient, region), tables.requests),
    readAll: () => readAllSettings(ssm, settingsPrefix),
    replace: (
      request: { application: string; instance: string; reason: string; finding: string },
      hours: Hours,
    ) => startReplacement(sfn, replaceMachineArn, { ...request, requestedBy: 'Forseti' }, hours),
    log: (message: string, error: Error) => logger.error(message, error),
  };
  return lambda(world, 'WatchInstances', async () => ({ told: await watchInstances(tools) }));
};

export const handler = make(production(process.env), readReplaceMachineArn(process.env));
