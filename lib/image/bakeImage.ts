import {
  CopyImageCommand,
  CreateImageCommand,
  type EC2Client,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { refusalOf } from '../aws/dryRun';
import { messageOf, nameOf } from '../aws/failure';
import { imageFrom } from '../engine/imageFrom';
import { clientToken } from '../engine/clientToken';
import type { StepContext } from '../engine/context';
import { ImageFailed } from '../engine/errors';
import type { DeploymentRecord } from '../engine/record';
import { builderOf } from '../provisioning/builderEffect';
import { tagList } from '../aws/tags';
import { takenOut } from './takeOut';
import { imageKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import { imageEffect, type MadeImage } from './imageEffect';
import { describeImage, findOwnImage, type InRegion } from './images';
import { imageName, imageTags } from './name';
import { runSeal } from './seal';

export interface BakeImageClients {
  readonly ec2: EC2Client;
  /** The clients for copies. */
  readonly inRegion: InRegion;
  readonly ssm: SSMClient;
  /** Notifies people of the image; never fails. */
  readonly tell: (record: DeploymentRecord, image: string) => Promise<void>;
}

/** What BakeImage remembers between two polls. */
export interface BakeImageMemo extends Record<string, unknown> {
  readonly image: MadeImage;
  readonly available: boolean;
}

/** How long EC2 may take to show an image that it has just made. */
const unseenSeconds = 120;

/**
 * Makes the image of the instance in standby (or of the builder, which is sealed first). Waits until it is available,
 * and until its copies in other regions are.
 * @throws ImageFailed
 */
export const bakeImage = async (
  context: StepContext,
  memo: Partial<BakeImageMemo>,
  save: (memo: Partial<BakeImageMemo>) => Promise<void>,
  clients: BakeImageClients,
): Promise<Progress> => {
  const { record, core } = context;
  if (memo.image === undefined) {
    const instance = await sourceInstance(context);
    if (imageFrom(record) === 'builder' && context.settings.image.seal) {
      const sealed = await runSeal(context, clients.ssm, 'seal', instance);
      if ('waitFor' in sealed) return { ...sealed, progress: `sealing ${instance}` };
      if (!sealed.succeeded)
        throw new ImageFailed(
          `Builder ${instance} could not be sealed (${sealed.reason}), so its keys and secrets would be in the image.`,
        );
    }
    await save({ image: await createImage(context, clients.ec2, instance) });
  }
  const image = memo.image ?? { imageId: '', region: '', madeAt: 0 };
  if (memo.available !== true) {
    if (!(await isAvailable(context, clients.ec2, image)))
      return { waitFor: [imageKey(image.imageId)], progress: `image ${image.imageId} is being made` };
    // From here on only copies are waited for.
    if (context.settings.image.copyTo.length > 0) await save({ available: true });
  }
  const copying = await copied(context, clients.inRegion, image);
  if (copying) return copying;
  // Noted only when it is complete: a failed deployment is resumed from it.
  await Promise.all([
    core.records.set(record.deployment, { bakedImage: image.imageId }),
    clients.tell(record, image.imageId),
  ]);
  return { over: { image: image.imageId } };
};

const sourceInstance = async (context: StepContext): Promise<string> => {
  const instance = await (imageFrom(context.record) === 'builder' ? builderOf(context) : takenOut(context));
  if (instance === undefined)
    throw new ImageFailed(
      'There is no instance to make the image of: none was taken out, and no builder was launched.',
    );
  return instance;
};

const createImage = (context: StepContext, ec2: EC2Client, instance: string): Promise<MadeImage> => {
  const { record, core, settings } = context;
  const name = imageName(record);
  const { region } = core.environment;
  return context.change(imageEffect, { target: name, before: null, wrote: {} }, async () => {
    try {
      const { ImageId: imageId = '' } = await ec2.send(
        new CreateImageCommand({
          InstanceId: instance,
          Name: name,
          Description: describe(record),
          NoReboot: !settings.image.reboot,
          TagSpecifications: specifications(record),
        }),
      );
      return { imageId, region, madeAt: core.clock() };
    } catch (error) {
      if (nameOf(error) === 'InvalidAMIName.Duplicate')
        return { imageId: await adopt(ec2, name, record.deployment), region, madeAt: core.clock() };
      if (/^(InvalidInstanceID|IncorrectState|IncorrectInstanceState)/.test(nameOf(error)))
        throw new ImageFailed(`No image can be made of instance ${instance}: ${messageOf(error)}`, {
          cause: error,
        });
      throw error;
    }
  });
};

/** The name is taken: by an earlier try of ours whose answer was lost, or by an image that is not ours. */
const adopt = async (ec2: EC2Client, name: string, deployment: string): Promise<string> => {
  const imageId = await findOwnImage(ec2, name, deployment);
  if (imageId === undefined)
    throw new ImageFailed(
      `An image named ${name} exists that this deployment did not make; deregister it, or deploy again.`,
    );
  return imageId;
};

const describe = ({ application, version }: DeploymentRecord): string =>
  `${application} ${version}, made by Forseti`;

const specifications = (record: DeploymentRecord): TagSpecification[] => {
  const list = tagList(imageTags(record));
  return [
    { ResourceType: 'image', Tags: list },
    { ResourceType: 'snapshot', Tags: list },
  ];
};

/** @throws ImageFailed with EC2's reason. */
const isAvailable = async (
  { core }: StepContext,
  ec2: EC2Client,
  { imageId, region, madeAt }: MadeImage,
): Promise<boolean> => {
  const image = await describeImage(ec2, imageId);
  const isNew = core.clock() - madeAt < unseenSeconds * 1000;
  if (image?.State === 'available') return true;
  if (image?.State === 'pending' || (image === undefined && isNew)) return false;
  throw new ImageFailed(
    `Image ${imageId} in ${region} ${image ? `ended as ${image.State ?? 'unknown'}` : 'is gone: somebody deregistered it'}` +
      `${image?.StateReason?.Message === undefined ? '' : `: ${image.StateReason.Message}`}.`,
  );
};

/** Copies to the other regions. Events do not cross regions, so copies are polled. */
const copied = async (
  context: StepContext,
  inRegion: InRegion,
  image: MadeImage,
): Promise<Progress | undefined> => {
  const { region: home } = context.core.environment;
  const regions = context.settings.image.copyTo.filter((region) => region !== home);
  if (regions.length === 0) return undefined;
  const copies = await Promise.all(
    regions.map((region) => copyImage(context, inRegion(region), image, region)),
  );
  const available = await Promise.all(
    copies.map((copy) => isAvailable(context, inRegion(copy.region), copy)),
  );
  const missing = copies.filter((_, index) => available[index] !== true);
  if (missing.length === 0) return undefined;
  return {
    waitFor: [],
    progress: `the image is being copied to ${missing.map(({ region }) => region).join(', ')}`,
  };
};

const copyImage = (
  context: StepContext,
  ec2: EC2Client,
  image: MadeImage,
  region: string,
): Promise<MadeImage> => {
  const { record, core } = context;
  const name = imageName(record);
  return context.change(imageEffect, { target: `${name} ${region}`, before: null, wrote: {} }, async () => {
    const { ImageId: imageId = '' } = await ec2.send(
      new CopyImageCommand({
        SourceImageId: image.imageId,
        SourceRegion: image.region,
        Name: name,
        Description: describe(record),
        ClientToken: clientToken(record.deployment, 'copy', image.imageId, region),
        TagSpecifications: specifications(record),
      }),
    );
    return { imageId, region, madeAt: core.clock() };
  });
};

/** Dry run: may the role make an image of an instance of the fleet? */
export const tryBakeImage = async (
  { record, settings }: StepContext,
  { ec2 }: Pick<BakeImageClients, 'ec2'>,
  instance: string | undefined,
): Promise<string | undefined> =>
  instance === undefined
    ? undefined
    : refusalOf(() =>
        ec2.send(
          new CreateImageCommand({
            DryRun: true,
            InstanceId: instance,
            Name: imageName(record),
            NoReboot: !settings.image.reboot,
            TagSpecifications: specifications(record),
          }),
        ),
      );
