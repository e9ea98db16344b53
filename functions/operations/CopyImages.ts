import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readAllSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { makeLogger } from '../../lib/aws/log';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { lambda } from '../../lib/engine/step';
import { copyImages, type CopyImagesTools } from '../../lib/image/copyImages';
import { connectChannels } from '../../lib/reporting/channels';
import { notify } from '../../lib/reporting/notify';

/** Long enough for the SDK's own retries, short enough to leave the function its time. */
const otherRegionMs = 20_000;

/** Every five minutes: begins copies of the images of good releases in other regions, and looks how far they are. */
export const make = (world: World) => {
  const { environment } = world;
  const { region, settingsPrefix } = environment;
  const ssm = connect(SSMClient, region);
  const channels = connectChannels(region);
  const logger = makeLogger(environment);
  const { releases } = makeCore(world, connect(DynamoDBClient, region));
  const tools: CopyImagesTools = {
    releases,
    inRegion: (name) => connect(EC2Client, name),
    home: region,
    clock: world.clock,
    deadline: () => AbortSignal.timeout(otherRegionMs),
    tell: ({ application, version, deployment, image }, settings, failure) =>
      notify(channels, environment, {
        kind: 'copy-failed',
        application,
        settings,
        deployment,
        version,
        image,
        ...failure,
      }).catch((error: unknown) => {
        logger.error(
          'A failed copy could not be told of',
          error instanceof Error ? error : new Error(String(error)),
        );
      }),
  };
  return lambda(world, 'CopyImages', async () => {
    const { settings } = await readAllSettings(ssm, settingsPrefix);
    return { missing: await copyImages(settings, tools) };
  });
};

export const handler = make(production(process.env));
