import { CopyImageCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { messageOf, nameOf } from '../aws/failure';
import { clientToken } from '../engine/clientToken';
import type { ImageCopy, Release } from '../engine/releases';
import { describeImage, findOwnImage } from './images';
import { imageDescription, imageName, imageTagSpecifications } from './name';

/** How long EC2 may take to show an image that it has just begun to copy, in milliseconds. */
const unseenMs = 120_000;

/** After a failure a copy is tried again after five minutes, then after twice as long each time, up to an hour. */
const [firstRetryMs, mostRetryMs] = [5 * 60_000, 60 * 60_000];

/** Whether a copy is to be looked at, or tried, now. */
export const isCopyDue = ({ state, since, tries }: ImageCopy, now: number): boolean =>
  state === 'pending' ||
  state === 'copying' ||
  (state === 'failed' && now - since >= Math.min(firstRetryMs * 2 ** (tries - 1), mostRetryMs) - 30_000);

type Copied = Pick<Release, 'application' | 'version' | 'deployment' | 'image'>;

/**
 * Begins to copy an image to a region, or looks how far the copy is. It never throws: a region that is down is tried
 * again later.
 * @param ec2 of the copy's region.
 */
export const copyImage = async (
  release: Copied,
  copy: ImageCopy,
  { ec2, home, now }: { readonly ec2: EC2Client; readonly home: string; readonly now: number },
): Promise<ImageCopy> => {
  try {
    return copy.state === 'copying' && copy.image !== undefined
      ? await look(ec2, copy, copy.image, now)
      : await begin(ec2, release, copy, home, now);
  } catch (error) {
    return {
      // A copy that EC2 makes goes on, although its region does not answer at the moment.
      ...(copy.state === 'copying' ? copy : { state: 'failed', since: now, tries: copy.tries + 1 }),
      problem: `${nameOf(error)}: ${messageOf(error)}`.slice(0, 500),
    };
  }
};

const look = async (ec2: EC2Client, copy: ImageCopy, imageId: string, now: number): Promise<ImageCopy> => {
  const { tries } = copy;
  const image = await describeImage(ec2, imageId);
  if (image?.State === 'available') return { state: 'available', image: imageId, since: now, tries };
  if (image?.State === 'pending' || (image === undefined && now - copy.since < unseenMs))
    return { state: 'copying', image: imageId, since: copy.since, tries };
  const problem = image
    ? `${imageId} ended as ${image.State ?? 'unknown'}${image.StateReason?.Message === undefined ? '' : `: ${image.StateReason.Message}`}`
    : `${imageId} is gone: somebody deregistered it`;
  return { state: 'failed', since: now, tries: tries + 1, problem };
};

const begin = async (
  ec2: EC2Client,
  release: Copied,
  { tries }: ImageCopy,
  home: string,
  now: number,
): Promise<ImageCopy> => {
  const name = imageName(release);
  // A copy whose answer was lost is adopted.
  const known = await findOwnImage(ec2, name, release.deployment);
  if (known !== undefined)
    return look(ec2, { state: 'copying', image: known, since: now, tries }, known, now);
  const { ImageId: image = '' } = await ec2.send(
    new CopyImageCommand({
      SourceImageId: release.image,
      SourceRegion: home,
      Name: name,
      Description: imageDescription(release),
      ClientToken: clientToken(release.deployment, 'copy', release.image, String(tries)),
      TagSpecifications: imageTagSpecifications(release),
    }),
  );
  return { state: 'copying', image, since: now, tries };
};
