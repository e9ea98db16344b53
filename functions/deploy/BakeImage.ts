import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect, connectOnce } from '../../lib/aws/connect';
import { messageOf } from '../../lib/aws/failure';
import { production, type World } from '../../lib/aws/production';
import type { DeploymentRecord } from '../../lib/engine/record';
import { describeGroup, inService } from '../../lib/fleet/group';
import { bakeImage, type BakeImageMemo, tryBakeImage } from '../../lib/image/bakeImage';
import { notify } from '../../lib/reporting/notify';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';
import { connectChannels } from '../../lib/reporting/channels';

/** Makes the image, and waits until it is available. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const autoScaling = connect(AutoScalingClient, region);
  const channels = connectChannels(region);
  const tools = {
    ec2: connect(EC2Client, region),
    ssm: connectOnce(SSMClient, region),
    tell: (record: DeploymentRecord, image: string) =>
      notify(channels, core.environment, { kind: 'image', record, image }).catch((error: unknown) =>
        core.records.warn(record.deployment, `The image could not be told of: ${messageOf(error)}`),
      ),
  };
  return waitingStep<BakeImageMemo>(
    core,
    clients,
    'BakeImage',
    (context, memo, save) => bakeImage(context, memo, save, tools),
    {
      dryRun: async (context) => {
        const [instance] = inService(await describeGroup(autoScaling, context.record.group));
        return tryBakeImage(context, tools, instance);
      },
    },
  );
};

export const handler = make(production(process.env));
