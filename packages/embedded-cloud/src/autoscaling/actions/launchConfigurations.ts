import type {
  CreateLaunchConfigurationCommandInput,
  DeleteLaunchConfigurationCommandInput,
  DescribeLaunchConfigurationsCommandInput,
  DescribeLaunchConfigurationsCommandOutput,
  LaunchConfiguration,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../core/errors';
import type { Action, Region, Requirement } from '../../core/service';
import {
  allConfigurations,
  configurationArn,
  configurationOf,
  putConfiguration,
} from '../launchConfigurations';
import { stateOf } from '../otherServices';
import { pageOf } from '../paging';
import { onEverything } from '../requirements';
import type { LaunchConfigurationRecord } from '../state';

/** One that does not exist yet is judged by any UUID. */
const onConfiguration =
  (action: string) =>
  (
    { LaunchConfigurationName: name = '' }: { LaunchConfigurationName: string | undefined },
    region: Region,
  ): Requirement[] => [
    {
      action: `autoscaling:${action}`,
      resource: stateOf(region).launchConfigurations?.[name]?.arn ?? configurationArn(region, name, '*'),
    },
  ];

const shown = ({ name, arn, createdAt, data }: LaunchConfigurationRecord): LaunchConfiguration => ({
  LaunchConfigurationName: name,
  LaunchConfigurationARN: arn,
  ImageId: data.ImageId,
  InstanceType: data.InstanceType,
  KeyName: data.KeyName ?? '',
  SecurityGroups: data.SecurityGroups ?? [],
  UserData: data.UserData ?? '',
  IamInstanceProfile: data.IamInstanceProfile,
  BlockDeviceMappings: data.BlockDeviceMappings ?? [],
  InstanceMonitoring: data.InstanceMonitoring ?? { Enabled: true },
  EbsOptimized: data.EbsOptimized ?? false,
  CreatedTime: new Date(createdAt),
});

export const createLaunchConfiguration: Action<CreateLaunchConfigurationCommandInput, object> = {
  requires: onConfiguration('CreateLaunchConfiguration'),
  run(input, region) {
    putConfiguration(region, input);
    return {};
  },
};

/** @throws AwsError ResourceInUse while a group launches from it */
export const deleteLaunchConfiguration: Action<DeleteLaunchConfigurationCommandInput, object> = {
  requires: onConfiguration('DeleteLaunchConfiguration'),
  run({ LaunchConfigurationName = '' }, region) {
    const { name } = configurationOf(region, LaunchConfigurationName);
    const user = Object.values(stateOf(region).groups).find(
      ({ launch }) => launch.launchConfiguration === name,
    );
    if (user)
      throw new AwsError(
        'ResourceInUse',
        `Cannot delete launch configuration ${name} because it is attached to AutoScalingGroup ${user.name}`,
      );
    Reflect.deleteProperty(stateOf(region).launchConfigurations ?? {}, name);
    return {};
  },
};

/** Names that do not exist are passed over. */
export const describeLaunchConfigurations: Action<
  DescribeLaunchConfigurationsCommandInput,
  Omit<DescribeLaunchConfigurationsCommandOutput, '$metadata'>
> = {
  requires: onEverything('DescribeLaunchConfigurations'),
  run(input, region) {
    const names = input.LaunchConfigurationNames ?? [];
    const found = allConfigurations(region).filter(({ name }) => names.length === 0 || names.includes(name));
    const { page, ...next } = pageOf(found, input, 50);
    return { LaunchConfigurations: page.map(shown), ...next };
  },
};
