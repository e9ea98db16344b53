import { Cloud } from '../../src/cloud/cloud';
import { populate as fill, parseDescription } from '../../src/description/build';
import { cloudOptions } from '../../src/description/options';

const alias = 'resolve:ssm:/batch/image';

/** A group whose template takes its image from a parameter, and calls as a person makes them. */
const cloudOf = () => {
  const parsed = parseDescription({
    groups: { batch: { version: 'v1', instances: 1, max: 5, launchTemplate: { imageParameter: alias } } },
  });
  const cloud = Cloud.make(cloudOptions(parsed));
  fill(cloud, parsed);
  const region = cloud.region(cloud.home);
  const answer = <Output>(service: string, action: string, input: object) =>
    cloud.run(() => cloud.answer(cloud.home, cloud.person(), service, action, input)) as Promise<Output>;
  const put = (input: object) =>
    answer('ssm', 'PutParameter', { Name: '/batch/image', Type: 'String', Overwrite: true, ...input });
  const scale = async (DesiredCapacity: number) => {
    await answer('autoscaling', 'SetDesiredCapacity', { AutoScalingGroupName: 'batch', DesiredCapacity });
    await cloud.advance(5 * 60_000);
    return Object.values(region.service('autoscaling').state.groups.batch?.instances ?? {});
  };
  return { region, answer, put, scale };
};

interface Versions {
  readonly LaunchTemplateVersions: readonly { LaunchTemplateData: { ImageId: string } }[];
}

test('A described group launches by its parameter, and by what it holds at each launch.', async () => {
  const { region, put, scale } = cloudOf();
  const [first, second] = await scale(2);
  expect(second?.imageId).toBe(first?.imageId);
  const { id } = region.service('ec2').addImage({ name: 'another' });
  await put({ Value: id });
  const [, , third] = await scale(3);
  expect(third?.imageId).toBe(id);
});

test('DescribeLaunchTemplateVersions shows the parameter, or the image where aliases are resolved.', async () => {
  const { region, answer } = cloudOf();
  const image = Object.keys(region.service('ec2').state.images)[0];
  const ask = (more: object) =>
    answer<Versions>('ec2', 'DescribeLaunchTemplateVersions', { LaunchTemplateName: 'batch', ...more });
  const shown = async (more: object) =>
    (await ask(more)).LaunchTemplateVersions.map(({ LaunchTemplateData: { ImageId } }) => ImageId);
  expect(await shown({})).toEqual([alias]);
  expect(await shown({ ResolveAlias: true })).toEqual([image]);
});

test('A parameter of another data type, or none, cannot be launched from.', async () => {
  const { answer, put, scale, region } = cloudOf();
  await put({ Name: '/plain', Value: 'ami-0123456789abcdef0' });
  const InstanceType = 'm5.large';
  const template = {
    LaunchTemplateName: 'plain',
    LaunchTemplateData: { ImageId: 'resolve:ssm:/plain', InstanceType },
  };
  const refused = {
    code: 'SsmInvalidParameter',
    message: 'Unsupported data type. The following parameter data types are supported: aws:ec2:image',
  };
  await expect(answer('ec2', 'CreateLaunchTemplate', template)).rejects.toMatchObject(refused);
  const launch = { ImageId: 'resolve:ssm:/plain', InstanceType, MinCount: 1, MaxCount: 1 };
  await expect(answer('ec2', 'RunInstances', launch)).rejects.toMatchObject(refused);
  delete region.service('ssm').state.parameters['/batch/image'];
  expect(await scale(2)).toHaveLength(1);
  expect(region.service('autoscaling').state.activities.batch?.[0]?.statusMessage).toContain(
    'SsmInvalidParameter - Parameter /batch/image not found.',
  );
});

test('A parameter of an image holds the id of one, and shows its data type.', async () => {
  const { answer, put } = cloudOf();
  const image = { Name: '/other', DataType: 'aws:ec2:image' };
  await expect(put({ ...image, Value: 'ami-placeholder' })).rejects.toMatchObject({
    code: 'ValidationException',
  });
  await expect(put({ Name: '/odd', DataType: 'aws:ec2:picture', Value: 'x' })).rejects.toThrow(
    'The following data type is not supported: aws:ec2:picture',
  );
  await put({ ...image, Value: 'ami-0123456789abcdef0' });
  expect(await answer('ssm', 'GetParameter', { Name: '/other' })).toMatchObject({
    Parameter: { DataType: 'aws:ec2:image' },
  });
});
