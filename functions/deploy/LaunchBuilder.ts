import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { type BuilderMemo, launchBuilder, tryLaunchBuilder } from '../../lib/provisioning/builder';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';

/** Launches the builder, waits until it can be provisioned. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const tools = {
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    ssm: connect(SSMClient, region),
  };
  return waitingStep<BuilderMemo>(
    core,
    clients,
    'LaunchBuilder',
    (context, memo, save) => launchBuilder(context, memo, save, tools),
    { dryRun: (context) => tryLaunchBuilder(context, tools) },
  );
};

export const handler = make(production(process.env));
