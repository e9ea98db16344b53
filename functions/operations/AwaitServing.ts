import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { lambda } from '../../lib/engine/step';
import { awaitServing, type ServingEvent } from '../../lib/replacement/awaitServing';
import type { NotifiedItem } from '../../lib/replacement/watchInstances';
import { connectChannels } from '../../lib/reporting/channels';
import { Table } from '../../lib/aws/table';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Checks whether the fleet serves as it should without the instance that was replaced. */
export const make = (world: World) => {
  const { region, settingsPrefix } = world.environment;
  const ssm = connect(SSMClient, region);
  const tools = {
    ...world,
    channels: connectChannels(region),
    told: new Table<NotifiedItem>(connect(DynamoDBClient, region), world.environment.tables.requests),
    autoScaling: connect(AutoScalingClient, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
  };
  return lambda(world, 'AwaitServing', (event: ServingEvent) => awaitServing(event, tools));
};

export const handler = make(production(process.env));
