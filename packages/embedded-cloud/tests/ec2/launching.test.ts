import type { Reservation } from '@aws-sdk/client-ec2';
import { makeWorld } from './world';

const runOne = { MinCount: 1, MaxCount: 1, LaunchTemplate: { LaunchTemplateName: 'api' } };

describe('RunInstances', () => {
  test('Launches what the template says, under the tags of template and request, with what the image holds', async () => {
    const { send, ec2, image, template } = makeWorld();
    const answer = await send<Reservation>('RunInstances', {
      ...runOne,
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'owner', Value: 'ada' }] }],
    });
    const instance = ec2.instance(answer.Instances?.[0]?.InstanceId ?? '');
    expect(instance).toMatchObject({
      state: 'pending',
      imageId: image.id,
      instanceType: 'm5.large',
      zone: 'eu-west-1a',
      privateIp: '10.0.0.4',
      software: 'v1',
      iamInstanceProfile: 'arn:aws:iam::123456789012:instance-profile/web',
      launchTemplate: { id: template.id, name: 'api', version: 1 },
      tags: {
        role: 'web',
        owner: 'ada',
        'aws:ec2launchtemplate:id': template.id,
        'aws:ec2launchtemplate:version': '1',
      },
    });
  });

  test('Gives the same instance to the same client token, and refuses it with other parameters', async () => {
    const { send, ec2 } = makeWorld();
    const first = await send<Reservation>('RunInstances', { ...runOne, ClientToken: 'token-1' });
    const again = await send<Reservation>('RunInstances', { ...runOne, ClientToken: 'token-1' });
    expect(again.Instances?.[0]?.InstanceId).toBe(first.Instances?.[0]?.InstanceId);
    expect(Object.keys(ec2.state.instances)).toHaveLength(1);
    const other = send('RunInstances', { ...runOne, MaxCount: 2, ClientToken: 'token-1' });
    await expect(other).rejects.toMatchObject({ code: 'IdempotentParameterMismatch' });
  });

  test('Refuses a client token whose instance has been terminated', async () => {
    const { send, region, ec2 } = makeWorld();
    const first = await send<Reservation>('RunInstances', { ...runOne, ClientToken: 'token-1' });
    ec2.terminate(first.Instances?.[0]?.InstanceId ?? '');
    await region.advance(60_000);
    const again = send('RunInstances', { ...runOne, ClientToken: 'token-1' });
    await expect(again).rejects.toMatchObject({ code: 'IdempotentInstanceTerminated' });
  });

  test('Launches nothing on a dry run', async () => {
    const { send, ec2 } = makeWorld();
    const dry = send('RunInstances', { ...runOne, DryRun: true });
    await expect(dry).rejects.toMatchObject({ code: 'DryRunOperation', details: { statusCode: 412 } });
    expect(ec2.state.instances).toEqual({});
  });

  test.each([
    ['an unknown image', { ImageId: 'ami-00000000000000abc' }, 'InvalidAMIID.NotFound'],
    ['a malformed image id', { ImageId: 'ami-nonsense' }, 'InvalidAMIID.Malformed'],
    ['a type of another architecture', { InstanceType: 'm7g.large' }, 'InvalidParameterValue'],
    ['an unknown type', { InstanceType: 'x9.tiny' }, 'InvalidParameterValue'],
    ['an unknown subnet', { SubnetId: 'subnet-00000000000000abc' }, 'InvalidSubnetID.NotFound'],
    [
      'an unknown template version',
      { LaunchTemplate: { LaunchTemplateName: 'api', Version: '9' } },
      'InvalidLaunchTemplateId.VersionNotFound',
    ],
    [
      'an unknown template name',
      { LaunchTemplate: { LaunchTemplateName: 'none' } },
      'InvalidLaunchTemplateName.NotFoundException',
    ],
    ['more at least than at most', { MinCount: 3 }, 'InvalidParameterValue'],
  ])('Refuses %s', async (_what, change, code) => {
    const { send } = makeWorld();
    await expect(send('RunInstances', { ...runOne, ...change })).rejects.toMatchObject({ code });
  });

  test("A volume is as large as the launch says, and not smaller than the image's snapshot", async () => {
    const { send, ec2 } = makeWorld();
    const sized = (VolumeSize: number) =>
      send<Reservation>('RunInstances', {
        ...runOne,
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize } }],
      });
    const made = await sized(20);
    const instance = ec2.instance(made.Instances?.[0]?.InstanceId ?? '');
    expect(instance?.blockDevices).toMatchObject([{ deviceName: '/dev/xvda', sizeGiB: 20 }]);
    await expect(sized(4)).rejects.toMatchObject({
      code: 'InvalidBlockDeviceMapping',
      message: expect.stringMatching(
        /^Volume of size 4GB is smaller than snapshot 'snap-.*', expect size >= 8GB$/,
      ) as string,
    });
  });

  test('Refuses an image that is not available yet', async () => {
    const world = makeWorld();
    world.image.state = 'pending';
    await expect(world.send('RunInstances', runOne)).rejects.toMatchObject({
      code: 'InvalidAMIID.Unavailable',
    });
  });
});

describe('Capacity', () => {
  test('Launches as many as a zone has left, and then refuses naming the zones that have more', async () => {
    const { send, ec2 } = makeWorld();
    ec2.addCapacityLimit({ zone: 'eu-west-1a', instanceType: 'm5.large', remaining: 2 });
    const some = await send<Reservation>('RunInstances', { ...runOne, MaxCount: 5 });
    expect(some.Instances).toHaveLength(2);
    await expect(send('RunInstances', runOne)).rejects.toMatchObject({
      code: 'InsufficientInstanceCapacity',
      message: expect.stringContaining('choosing eu-west-1b') as string,
      details: { statusCode: 500 },
    });
  });

  test('Counts vCPUs of pending and running instances against the quota, those of spot instances not', () => {
    const { ec2, region, template } = makeWorld();
    region.add('servicequotas', { value: () => 4 });
    const request = { launchTemplate: { id: template.id, version: '1' }, tags: {} };
    const first = ec2.launch(request);
    ec2.launch(request);
    expect(() => ec2.launch(request)).toThrow(
      expect.objectContaining({ code: 'VcpuLimitExceeded' }) as Error,
    );
    expect(ec2.launch({ ...request, lifecycle: 'spot' }).lifecycle).toBe('spot');
    ec2.terminate(first.id);
    expect(ec2.launch(request).state).toBe('pending');
  });
});
