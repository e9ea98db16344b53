import {
  CreateLaunchConfigurationCommand,
  DescribeLaunchConfigurationsCommand,
} from '@aws-sdk/client-auto-scaling';
import { Client, contract } from './autoScalingGroup';
import { type Contract, differs } from './contract';

export const launchConfigurations: readonly Contract[] = [
  contract(
    'describes a launch configuration as it was made, and makes none twice',
    async (world) => {
      const { imageId: ImageId } = await world.host.ground();
      const made = {
        LaunchConfigurationName: world.name('configuration'),
        ImageId,
        InstanceType: 'm5.large',
      };
      await world.see(Client, new CreateLaunchConfigurationCommand(made), {});
      await world.see(
        Client,
        new DescribeLaunchConfigurationsCommand({
          LaunchConfigurationNames: [made.LaunchConfigurationName, 'no-such-configuration'],
        }),
        { LaunchConfigurations: [{ ...made, LaunchConfigurationARN: /:launchConfiguration:/ }] },
      );
      await world.refused(Client, new CreateLaunchConfigurationCommand(made), {
        error: 'AlreadyExistsFault',
      });
    },
    differs(
      'moto',
      'CreateLaunchConfiguration',
      'replaces the first one',
      'https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateLaunchConfiguration.html',
    ),
  ),
];
