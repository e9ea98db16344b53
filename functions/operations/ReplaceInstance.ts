import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { lambda } from '../../lib/engine/step';
import type { ReplacementEvent } from '../../lib/replacement/replacement';
import { replaceInstance } from '../../lib/replacement/replaceInstance';

/** Removes an instance from its fleet for good; the group launches another. */
export const make = (world: World) => {
  const { region, settingsPrefix } = world.environment;
  const ssm = connect(SSMClient, region);
  const tools = {
    core: makeCore(world, connect(DynamoDBClient, region)),
    autoScaling: connect(AutoScalingClient, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    sfn: connect(SFNClient, region),
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
  };
  return lambda(world, 'ReplaceInstance', (event: ReplacementEvent) => replaceInstance(event, tools));
};

export const handler = make(production(process.env));
