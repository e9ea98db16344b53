import { EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import type { World } from './world';

/** Launches an instance. @returns its id */
export const instance = async (world: World): Promise<string> => {
  const { imageId: ImageId, subnetIds } = await world.host.ground();
  const run = {
    ImageId,
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
    SubnetId: subnetIds[0],
  } as const;
  const { Instances } = await world.send(EC2Client, new RunInstancesCommand(run));
  return Instances?.[0]?.InstanceId ?? '';
};
