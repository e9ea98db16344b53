import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readAllSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { makeLogger } from '../../lib/aws/log';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { type DriftItem, DriftItems } from '../../lib/drift/item';
import { watchDrift } from '../../lib/drift/watchDrift';
import { makeCore } from '../../lib/engine/core';
import type { LockItem } from '../../lib/engine/lockItem';
import { lambda } from '../../lib/engine/step';
import { connectChannels } from '../../lib/reporting/channels';

/** Every five minutes: tells, once each, how fleets at rest differ from what Forseti left, and when that is mended. */
export const make = (world: World) => {
  const { region, stage, settingsPrefix, tables } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const ssm = connect(SSMClient, region);
  const { records, releases, locks } = makeCore(world, dynamodb);
  const logger = makeLogger(world.environment);
  const tools = {
    ...world,
    source: {
      clients: {
        autoScaling: connect(AutoScalingClient, region),
        cloudWatch: connect(CloudWatchClient, region),
        ec2: connect(EC2Client, region),
        elb: connect(ElasticLoadBalancingV2Client, region),
      },
      region,
      stage,
      releases: () => releases.all(),
      record: (deployment: string) => records.find(deployment),
    },
    items: new DriftItems(new Table<LockItem | DriftItem>(dynamodb, tables.locks)),
    locks,
    releases,
    channels: connectChannels(region),
    cloudTrail: connect(CloudTrailClient, region),
    readAll: () => readAllSettings(ssm, settingsPrefix),
    log: (message: string, error: Error) => logger.error(message, error),
  };
  return lambda(world, 'WatchDrift', () => watchDrift(tools));
};

export const handler = make(production(process.env));
