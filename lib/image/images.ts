import {
  DeregisterImageCommand,
  DescribeImagesCommand,
  type EC2Client,
  type Image,
} from '@aws-sdk/client-ec2';
import { nameOf } from '../aws/failure';
import { tags } from '../aws/tags';

/** Clients by region: copies are in other regions. */
export type InRegion = (region: string) => EC2Client;

/** An image of this account by its name, if it carries the deployment's tag. */
export const findOwnImage = async (
  ec2: EC2Client,
  name: string,
  deployment: string,
): Promise<string | undefined> => {
  const { Images: images = [] } = await ec2.send(
    new DescribeImagesCommand({
      Owners: ['self'],
      Filters: [
        { Name: 'name', Values: [name] },
        { Name: `tag:${tags.deployment}`, Values: [deployment] },
      ],
    }),
  );
  return images[0]?.ImageId;
};

/** Undefined if EC2 does not know it, or not yet: a new image may take a moment to appear. */
export const describeImage = async (ec2: EC2Client, imageId: string): Promise<Image | undefined> => {
  try {
    const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [imageId] }));
    return image;
  } catch (error) {
    if (nameOf(error).startsWith('InvalidAMIID')) return undefined;
    throw error;
  }
};

/** Deregisters an image and deletes its snapshots, which EC2 otherwise keeps. An image that is gone is no failure. */
export const deregisterImage = async (ec2: EC2Client, imageId: string): Promise<void> => {
  try {
    await ec2.send(new DeregisterImageCommand({ ImageId: imageId, DeleteAssociatedSnapshots: true }));
  } catch (error) {
    if (!nameOf(error).startsWith('InvalidAMIID')) throw error;
  }
};
