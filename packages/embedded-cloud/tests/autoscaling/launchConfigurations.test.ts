import type { AutoScalingGroup, LaunchConfiguration } from '@aws-sdk/client-auto-scaling';
import { Cloud } from '../../src/cloud/cloud';
import { populate as fill, parseDescription } from '../../src/description/build';
import { cloudChecks } from '../../src/description/checks';
import { cloudOptions } from '../../src/description/options';

const cloudOf = () => {
  const parsed = parseDescription({
    groups: { old: { version: 'v1', instances: 1, max: 5, launchConfiguration: 'old-2019' } },
  });
  const cloud = Cloud.make(cloudOptions(parsed));
  fill(cloud, parsed);
  const region = cloud.region(cloud.home);
  const answer = <Output>(action: string, input: object) =>
    cloud.run(() =>
      cloud.answer(cloud.home, cloud.person(), 'autoscaling', action, input),
    ) as Promise<Output>;
  const [image = ''] = Object.keys(region.service('ec2').state.images);
  const create = (more: object = {}) =>
    answer('CreateLaunchConfiguration', {
      LaunchConfigurationName: 'new',
      ImageId: image,
      InstanceType: 'm5.large',
      ...more,
    });
  const list = async (input: object = {}) =>
    (await answer<{ LaunchConfigurations: LaunchConfiguration[] }>('DescribeLaunchConfigurations', input))
      .LaunchConfigurations;
  const group = async () =>
    (await answer<{ AutoScalingGroups: AutoScalingGroup[] }>('DescribeAutoScalingGroups', {}))
      .AutoScalingGroups[0];
  return { cloud, answer, image, create, list, group };
};

test('A described group launches from its launch configuration.', async () => {
  const { cloud, answer, image, group } = cloudOf();
  await answer('SetDesiredCapacity', { AutoScalingGroupName: 'old', DesiredCapacity: 2 });
  await cloud.advance(5 * 60_000);
  const shown = await group();
  expect(shown).toMatchObject({ LaunchConfigurationName: 'old-2019' });
  expect(shown?.LaunchTemplate).toBeUndefined();
  expect(shown?.Instances).toHaveLength(2);
  for (const instance of shown?.Instances ?? []) {
    expect(instance).toMatchObject({
      LaunchConfigurationName: 'old-2019',
      ImageId: image,
      LifecycleState: 'InService',
    });
    expect(instance.LaunchTemplate).toBeUndefined();
  }
});

test('They are listed, and what is launched from is not deleted.', async () => {
  const { answer, image, create, list } = cloudOf();
  await create({ UserData: 'IyEvYmluL3No' });
  expect(await list()).toHaveLength(2);
  expect(await list({ LaunchConfigurationNames: ['new', 'gone'] })).toEqual([
    expect.objectContaining({
      LaunchConfigurationName: 'new',
      LaunchConfigurationARN: expect.stringContaining(':launchConfigurationName/new') as string,
      ImageId: image,
      InstanceType: 'm5.large',
      UserData: 'IyEvYmluL3No',
    }),
  ]);
  await expect(
    answer('DeleteLaunchConfiguration', { LaunchConfigurationName: 'old-2019' }),
  ).rejects.toMatchObject({ code: 'ResourceInUse' });
  await answer('DeleteLaunchConfiguration', { LaunchConfigurationName: 'new' });
  expect(await list()).toHaveLength(1);
});

test('What cannot be launched from is refused.', async () => {
  const { answer, create } = cloudOf();
  await create();
  await expect(create()).rejects.toMatchObject({ code: 'AlreadyExists' });
  const another = { LaunchConfigurationName: 'another' };
  await expect(create({ ...another, ImageId: 'resolve:ssm:/image' })).rejects.toThrow(
    'AMI resolve:ssm:/image is invalid: Invalid id: "resolve:ssm:/image" (expecting "ami-...")',
  );
  await expect(create({ ...another, InstanceType: undefined })).rejects.toThrow(
    'both the ImageId and InstanceType parameters',
  );
  const change = { AutoScalingGroupName: 'old', LaunchConfigurationName: 'gone' };
  await expect(answer('UpdateAutoScalingGroup', change)).rejects.toThrow(
    'Launch configuration gone not found',
  );
});

test('A group is moved from a launch configuration to a launch template.', async () => {
  const { answer, group } = cloudOf();
  await answer('UpdateAutoScalingGroup', {
    AutoScalingGroupName: 'old',
    LaunchTemplate: { LaunchTemplateName: 'old', Version: '1' },
  });
  const shown = await group();
  expect(shown?.LaunchConfigurationName).toBeUndefined();
  expect(shown?.LaunchTemplate).toMatchObject({ LaunchTemplateName: 'old' });
});

test('A description names a launch configuration or mixed instances.', () => {
  const both = { instances: 1, launchConfiguration: 'a', mixedInstances: { instanceTypes: ['m5.large'] } };
  expect(cloudChecks(parseDescription({ groups: { api: both } }))).toMatchObject([
    { path: ['groups', 'api', 'launchConfiguration'] },
  ]);
});
