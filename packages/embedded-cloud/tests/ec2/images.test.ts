import type {
  CopyImageResult,
  CreateImageResult,
  DeregisterImageResult,
  DescribeImagesResult,
  DescribeSnapshotsResult,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../src/core/errors';
import { addInstance, makeWorld, type World } from './world';

const create = (world: World, instanceId: string, more: object = {}) =>
  world.send<CreateImageResult>('CreateImage', { InstanceId: instanceId, Name: 'api-v2', ...more });

const imageEvents = (world: World) =>
  world.region.events
    .filter(({ detailType }) => detailType === 'EC2 AMI State Change')
    .map(({ detail }) => detail);

describe('CreateImage', () => {
  test('Is pending until its time, then available with its snapshots, and says so', async () => {
    const world = makeWorld();
    const instance = addInstance(world);
    world.ec2.setSoftware(instance.id, 'v2');
    const { ImageId: id = '' } = await create(world, instance.id, {
      TagSpecifications: [
        { ResourceType: 'image', Tags: [{ Key: 'acme:deployment', Value: 'd1' }] },
        { ResourceType: 'snapshot', Tags: [{ Key: 'acme:deployment', Value: 'd1' }] },
      ],
    });
    await world.region.advance(299_999);
    expect(world.ec2.state.images[id]).toMatchObject({ state: 'pending', software: 'v2' });
    await world.region.advance(1);
    const filters = [{ Name: 'tag:acme:deployment', Values: ['d1'] }];
    const images = await world.send<DescribeImagesResult>('DescribeImages', {
      Owners: ['self'],
      Filters: filters,
    });
    expect(images.Images?.map(({ ImageId, State }) => [ImageId, State])).toEqual([[id, 'available']]);
    const snapshots = await world.send<DescribeSnapshotsResult>('DescribeSnapshots', { Filters: filters });
    expect(snapshots.Snapshots?.map(({ State }) => State)).toEqual(['completed']);
    expect(imageEvents(world)).toEqual([
      expect.objectContaining({ ImageId: id, State: 'available', ErrorMessage: '' }),
    ]);
    expect(world.region.spans.at(-1)).toMatchObject({ kind: 'image', subject: id });
  });

  test('Reboots the instance, by default not to', async () => {
    const world = makeWorld();
    const instance = addInstance(world);
    const before = instance.bootedAt;
    await create(world, instance.id, { NoReboot: true });
    expect(world.ec2.instance(instance.id)?.bootedAt).toBe(before);
    await create(world, instance.id, { Name: 'api-v2-again' });
    expect(world.ec2.instance(instance.id)?.bootedAt).toBe(world.region.now() + 30_000);
  });

  test('Refuses a name that is taken and names the image, until that one is deregistered', async () => {
    const world = makeWorld();
    const { id } = addInstance(world);
    const made = await create(world, id);
    await expect(create(world, id)).rejects.toMatchObject({
      code: 'InvalidAMIName.Duplicate',
      message: `AMI name api-v2 is already in use by AMI ${made.ImageId}`,
    });
    await world.send('DeregisterImage', { ImageId: made.ImageId });
    expect((await create(world, id)).ImageId).not.toBe(made.ImageId);
  });

  test('Fails as the description says, once, with the message in the event', async () => {
    const world = makeWorld();
    const { id } = addInstance(world);
    world.ec2.addImageOutcome({ nameContains: 'v2', failure: 'Volume gone', durationMs: 60_000, times: 1 });
    const failing = await create(world, id);
    await world.region.advance(60_000);
    expect(world.ec2.state.images[failing.ImageId ?? '']).toMatchObject({
      state: 'failed',
      stateReason: { message: 'Volume gone' },
    });
    expect(imageEvents(world)).toEqual([
      expect.objectContaining({ State: 'failed', ErrorMessage: 'Volume gone' }),
    ]);
    const fine = await create(world, id, { Name: 'api-v2-b' });
    await world.region.advance(300_000);
    expect(world.ec2.state.images[fine.ImageId ?? '']?.state).toBe('available');
  });

  test('Does nothing on a dry run', async () => {
    const world = makeWorld();
    const { id } = addInstance(world);
    await expect(create(world, id, { DryRun: true })).rejects.toMatchObject({ code: 'DryRunOperation' });
    expect(world.ec2.state.imageNames).toEqual({ 'api-v1': world.image.id });
  });
});

describe('DeregisterImage', () => {
  test('Leaves snapshots, which then can be deleted by themselves', async () => {
    const world = makeWorld();
    const [snapshotId = ''] = Object.keys(world.ec2.state.snapshots);
    await expect(world.send('DeleteSnapshot', { SnapshotId: snapshotId })).rejects.toMatchObject({
      code: 'InvalidSnapshot.InUse',
    });
    await world.send('DeregisterImage', { ImageId: world.image.id });
    expect(world.ec2.state.snapshots[snapshotId]?.state).toBe('completed');
    await world.send('DeleteSnapshot', { SnapshotId: snapshotId });
    expect(world.ec2.state.snapshots).toEqual({});
  });

  test('Deletes the snapshots when asked to, and says what became of each', async () => {
    const world = makeWorld();
    const input = { ImageId: world.image.id, DeleteAssociatedSnapshots: true };
    const answer = await world.send<DeregisterImageResult>('DeregisterImage', input);
    expect(answer.DeleteSnapshotResults?.map(({ ReturnCode }) => ReturnCode)).toEqual(['success']);
    expect(world.ec2.state.snapshots).toEqual({});
    expect(imageEvents(world)).toEqual([expect.objectContaining({ State: 'deregistered' })]);
    await expect(world.send('DeregisterImage', input)).rejects.toMatchObject({
      code: 'InvalidAMIID.Unavailable',
    });
  });

  test('Is done although the caller may not delete the snapshots', async () => {
    const world = makeWorld();
    world.region.call = () => Promise.reject(new AwsError('UnauthorizedOperation', 'No.'));
    const answer = await world.send<DeregisterImageResult>('DeregisterImage', {
      ImageId: world.image.id,
      DeleteAssociatedSnapshots: true,
    });
    expect(answer.DeleteSnapshotResults?.[0]?.ReturnCode).toBe('missing-permissions');
    expect(world.ec2.state.images).toEqual({});
    expect(Object.keys(world.ec2.state.snapshots)).toHaveLength(1);
  });
});

describe('CopyImage', () => {
  const input = {
    Name: 'api-v1-copy',
    SourceRegion: 'eu-west-1',
    CopyImageTags: true,
    ClientToken: 'copy-1',
  };

  test('Copies an image with its tags and what it holds into another region, once for each client token', async () => {
    const home = makeWorld();
    const away = makeWorld('eu-central-1');
    away.region.other = (name) => (name === 'eu-west-1' ? home.region : undefined);
    const copy = () => away.send<CopyImageResult>('CopyImage', { ...input, SourceImageId: home.image.id });
    const { ImageId: id = '' } = await copy();
    expect((await copy()).ImageId).toBe(id);
    await away.region.advance(300_000);
    expect(away.ec2.state.images[id]).toMatchObject({
      state: 'available',
      software: 'v1',
      tags: { 'acme:application': 'api' },
      sourceImageId: home.image.id,
      sourceImageRegion: 'eu-west-1',
    });
  });

  test('Refuses a region that does not exist', async () => {
    const away = makeWorld('eu-central-1');
    const copy = away.send('CopyImage', { ...input, SourceImageId: 'ami-00000000000000abc' });
    await expect(copy).rejects.toMatchObject({ code: 'InvalidParameterValue' });
  });
});
