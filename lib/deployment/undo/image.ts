import { DeregisterImageCommand, DescribeImagesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { nameOf } from '../../aws/failure';
import type { StepContext } from '../context';
import type { Effect } from '../effects';
import { asBefore, type Settled, undone } from './settled';

/** The region of an image, or of its copy, may be another one than the fleet's. */
export type ClientIn = (region: string) => EC2Client;

interface Made {
  readonly imageId?: string;
  readonly region?: string;
}

/** Deregisters an image of ours with its snapshots (which AWS leaves unless asked to delete them). */
export const discardImage = async (
  context: StepContext,
  clientIn: ClientIn,
  effect: Effect,
): Promise<Settled> => {
  const made = { ...(effect.wrote as Made | null), ...(effect.result as Made | undefined) };
  const ec2 = clientIn(made.region ?? context.core.environment.region);
  const imageId = made.imageId ?? (await findByName(ec2, effect.target));
  if (imageId === undefined) return asBefore(effect);
  await context.guard();
  try {
    await ec2.send(new DeregisterImageCommand({ ImageId: imageId, DeleteAssociatedSnapshots: true }));
  } catch (error) {
    // Gone already.
    if (!/^InvalidAMIID\.(NotFound|Unavailable)$/.test(nameOf(error))) throw error;
  }
  return undone;
};

/** The name is unique in an account and region; it was written down before the call. */
const findByName = async (ec2: EC2Client, name: string): Promise<string | undefined> => {
  const { Images: [found] = [] } = await ec2.send(
    new DescribeImagesCommand({ Owners: ['self'], Filters: [{ Name: 'name', Values: [name] }] }),
  );
  return found?.ImageId;
};
