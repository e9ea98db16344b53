import {
  CreateImageCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
  type Image,
} from '@aws-sdk/client-ec2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { refusalOf } from '../aws/dryRun';
import { messageOf, nameOf } from '../aws/failure';
import { imageFrom } from '../engine/imageFrom';
import type { StepContext } from '../engine/context';
import { ImageFailed } from '../engine/errors';
import type { DeploymentRecord } from '../engine/record';
import { builderOf } from '../provisioning/builderEffect';
import { takenOut } from './takeOut';
import { imageKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import { imageEffect, type MadeImage } from './imageEffect';
import { describeImage, findOwnImage } from './images';
import { imageDescription, imageName, imageTagSpecifications } from './name';
import { runSeal } from './seal';

export interface BakeImageClients {
  readonly ec2: EC2Client;
  readonly ssm: SSMClient;
  /** Notifies people of the image; never fails. */
  readonly tell: (record: DeploymentRecord, image: string) => Promise<void>;
}

/** What BakeImage remembers between two polls. */
export interface BakeImageMemo extends Record<string, unknown> {
  readonly image: MadeImage;
}

/** How long EC2 may take to show an image that it has just made. */
const unseenSeconds = 120;

/**
 * Makes the image of the instance in standby (or of the builder, which is sealed first), and waits until it is available.
 * Its copies in other regions are made when the release is good, beside the machine (copyImages.ts).
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
  const making = await pendingImage(context, clients.ec2, image);
  if (making) {
    const percent = await percentDone(clients.ec2, making);
    const done = percent === undefined ? '' : `, ${percent}`;
    const state = making === 'unseen' ? 'not known yet' : (making.State ?? 'pending');
    const snapshots = percent === undefined ? '' : `, its snapshots are at ${percent}`;
    return {
      waitFor: [imageKey(image.imageId)],
      progress: `image ${image.imageId} is being made${done}`,
      why: () => Promise.resolve(`EC2 says that image ${image.imageId} is ${state}${snapshots}`),
    };
  }
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
          Description: imageDescription(record),
          NoReboot: !settings.image.reboot,
          TagSpecifications: imageTagSpecifications(record),
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

/**
 * @returns the image while it is being made; `unseen` while EC2 does not list it yet; undefined if it is available.
 * @throws ImageFailed with EC2's reason.
 */
const pendingImage = async (
  { core }: StepContext,
  ec2: EC2Client,
  { imageId, region, madeAt }: MadeImage,
): Promise<Image | 'unseen' | undefined> => {
  const image = await describeImage(ec2, imageId);
  const isNew = core.clock() - madeAt < unseenSeconds * 1000;
  if (image?.State === 'available') return undefined;
  if (image?.State === 'pending') return image;
  if (image === undefined && isNew) return 'unseen';
  throw new ImageFailed(
    `Image ${imageId} in ${region} ${image ? `ended as ${image.State ?? 'unknown'}` : 'is gone: somebody deregistered it'}` +
      `${image?.StateReason?.Message === undefined ? '' : `: ${image.StateReason.Message}`}.`,
  );
};

/** How much of an image's snapshots is done: `42%`, of the slowest; undefined if EC2 does not tell. */
const percentDone = async (ec2: EC2Client, image: Image | 'unseen'): Promise<string | undefined> => {
  if (image === 'unseen') return undefined;
  const ids = (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
  if (ids.length === 0) return undefined;
  const { Snapshots: snapshots = [] } = await ec2.send(
    new DescribeSnapshotsCommand({ Filters: [{ Name: 'snapshot-id', Values: ids }] }),
  );
  const percents = snapshots.flatMap(({ Progress: progress = '' }) =>
    progress === '' ? [] : [parseInt(progress)],
  );
  return percents.length === 0 ? undefined : `${String(Math.min(...percents))}%`;
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
            TagSpecifications: imageTagSpecifications(record),
          }),
        ),
      );
