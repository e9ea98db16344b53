import { CreateImageCommand, DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { bakeImage, type BakeImageMemo } from '../../../lib/image/bakeImage';
import { imageName } from '../../../lib/image/name';
import { environment } from '../support/tables';
import { contextOf, saving } from '../compensation/fakeContext';

const mock = mockClient(EC2Client);
const ec2 = new EC2Client({});
const told: string[] = [];
const tell = (_: object, image: string) => {
  told.push(image);
  return Promise.resolve();
};
const clients = { ec2, ssm: new SSMClient({}), tell };

beforeEach(() => {
  told.length = 0;
  mock.reset();
});

const bake = (memo: Partial<BakeImageMemo> = {}) => {
  const context = contextOf();
  const noted: object[] = [];
  Object.assign(context.core, {
    environment,
    records: {
      step: () => Promise.resolve({ memo: { instance: 'i-1' } }),
      set: (_: string, change: object) => {
        noted.push(change);
        return Promise.resolve();
      },
    },
  });
  return { noted, context, progress: bakeImage(context, memo, saving(memo), clients) };
};
const duplicate = Object.assign(new Error('taken'), { name: 'InvalidAMIName.Duplicate' });

describe('Making the image', () => {
  test('BakeImage waits for the event of a pending image', async () => {
    mock.on(CreateImageCommand).resolves({ ImageId: 'ami-2' });
    mock.on(DescribeImagesCommand).resolves({ Images: [{ State: 'pending' }] });
    expect(await bake().progress).toMatchObject({ waitFor: ['image#ami-2'] });
    const [call] = mock.commandCalls(CreateImageCommand);
    expect(call?.args[0].input).toMatchObject({ InstanceId: 'i-1', NoReboot: false });
    expect(call?.args[0].input.TagSpecifications?.map(({ ResourceType }) => ResourceType)).toEqual([
      'image',
      'snapshot',
    ]);
  });

  test('BakeImage notes the image once it is available', async () => {
    mock.on(CreateImageCommand).resolves({ ImageId: 'ami-2' });
    mock.on(DescribeImagesCommand).resolves({ Images: [{ State: 'available' }] });
    const { noted, progress } = bake();
    expect(await progress).toEqual({ over: { image: 'ami-2' } });
    expect(noted).toEqual([{ bakedImage: 'ami-2' }]);
  });

  test('BakeImage adopts the image of an earlier try, whose name is taken', async () => {
    mock.on(CreateImageCommand).rejects(duplicate);
    mock.on(DescribeImagesCommand).resolves({ Images: [{ ImageId: 'ami-2', State: 'available' }] });
    expect(await bake().progress).toEqual({ over: { image: 'ami-2' } });
  });

  test('BakeImage refuses an image of that name that it did not make', async () => {
    mock.on(CreateImageCommand).rejects(duplicate);
    mock.on(DescribeImagesCommand).resolves({ Images: [] });
    await expect(bake().progress).rejects.toMatchObject({ name: 'ImageFailed' });
  });

  test("BakeImage fails with EC2's reason", async () => {
    mock.on(CreateImageCommand).resolves({ ImageId: 'ami-2' });
    mock
      .on(DescribeImagesCommand)
      .resolves({ Images: [{ State: 'failed', StateReason: { Message: 'Client.InternalError: disk' } }] });
    await expect(bake().progress).rejects.toThrow(/ended as failed: Client\.InternalError: disk/);
  });

  test('BakeImage gives each deployment a name that EC2 takes', () => {
    const name = imageName({ application: 'shop', version: 'v1.0+build/7', deployment: 'shop-v1-0' });
    expect(name).toMatch(/^forseti-shop-v1\.0-build-7-[0-9a-f]{12}$/);
    expect(imageName({ application: 'shop', version: 'v1.0+build/7', deployment: 'other' })).not.toBe(name);
  });
});
