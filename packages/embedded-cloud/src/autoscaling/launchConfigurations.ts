/** Launch configurations, from before there were launch templates: they have no versions and cannot be changed. */
import type { CreateLaunchConfigurationCommandInput } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import { invalid } from './groups';
import { stateOf } from './otherServices';
import type { LaunchConfigurationRecord } from './state';

export const configurationArn = (region: Region, name: string, uuid: string): string =>
  region.arn('autoscaling', `launchConfiguration:${uuid}:launchConfigurationName/${name}`);

export const allConfigurations = (region: Region): readonly LaunchConfigurationRecord[] =>
  Object.values(stateOf(region).launchConfigurations ?? {});

/** @throws AwsError ValidationError */
export const configurationOf = (region: Region, name: string): LaunchConfigurationRecord => {
  const found = stateOf(region).launchConfigurations?.[name];
  if (!found) throw invalid(`Launch configuration name not found - Launch configuration ${name} not found`);
  return found;
};

/** Auto Scaling wants an AMI's id here: it does not read parameters (`resolve:ssm:`) for a launch configuration. */
const check = (region: Region, input: CreateLaunchConfigurationCommandInput): void => {
  const { LaunchConfigurationName: name = '', ImageId: image, InstanceType: type } = input;
  if (name.length < 1 || name.length > 255)
    throw invalid('The launch configuration name must have 1 to 255 characters.');
  if (input.InstanceId !== undefined)
    throw invalid('A launch configuration from an instance (InstanceId) is not modelled.');
  if (image === undefined || type === undefined)
    throw invalid(
      'Valid requests must contain either the InstanceID parameter or both the ImageId and InstanceType parameters.',
    );
  if (!/^ami-[0-9a-f]+$/.test(image))
    throw invalid(`AMI ${image} is invalid: Invalid id: "${image}" (expecting "ami-...")`);
  if (!region.service('ec2').state.images[image])
    throw invalid(`AMI ${image} is invalid: The image id '[${image}]' does not exist`);
};

/** @throws AwsError AlreadyExists, ValidationError */
export const putConfiguration = (
  region: Region,
  input: CreateLaunchConfigurationCommandInput,
): LaunchConfigurationRecord => {
  check(region, input);
  const { LaunchConfigurationName: name = '', ...data } = input;
  const state = stateOf(region);
  if (state.launchConfigurations?.[name])
    throw new AwsError(
      'AlreadyExists',
      `Launch Configuration by this name already exists - A launch configuration already exists with the name ${name}`,
    );
  const record = {
    name,
    arn: configurationArn(region, name, region.newId()),
    createdAt: region.now(),
    data,
  };
  (state.launchConfigurations ??= {})[name] = record;
  return record;
};
