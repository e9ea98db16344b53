import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { listApplications, readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { cleanUpAfter } from '../../lib/cleaning/request';
import { makeCore } from '../../lib/engine/core';
import { lambda } from '../../lib/engine/step';

/**
 * Deletes images, snapshots and launch template versions that nothing refers to any more: `{"application": "api",
 * "keep": 5, "dryRun": true, "by": "ada"}`; without `application`, those of every application.
 */
export const make = (world: World) => {
  const { region, settingsPrefix } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const ssm = connect(SSMClient, region);
  const clientsOf = (where: string) => ({
    ec2: connect(EC2Client, where),
    autoScaling: connect(AutoScalingClient, where),
    ssm: connect(SSMClient, where),
  });
  const home = clientsOf(region);
  const tools = {
    core,
    inRegion: (where: string) => (where === region ? home : clientsOf(where)),
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
    listApplications: () => listApplications(ssm, settingsPrefix),
  };
  return lambda(core, 'Clean', (input: unknown) => cleanUpAfter(input, tools));
};

export const handler = make(production(process.env));
