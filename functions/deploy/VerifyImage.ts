import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';
import { tryVerifyImage, verifyImage, type VerifyImageMemo } from '../../lib/image/verifyImage';

/** Boots one instance of the new image, waits until it is well, and terminates it. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const tools = {
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    ssm: connect(SSMClient, region),
  };
  return waitingStep<VerifyImageMemo>(
    core,
    clients,
    'VerifyImage',
    (context, memo, save) => verifyImage(context, memo, save, tools),
    { dryRun: (context) => tryVerifyImage(context, tools) },
  );
};

export const handler = make(production(process.env));
