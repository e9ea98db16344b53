import type { CopyImageRequest, CopyImageResult } from '@aws-sdk/client-ec2';
import type { Action, Region, Requirement } from '../../core/service';
import { AwsError } from '../../core/errors';
import { invalidParameterValue, missingParameter, refuseDryRun, requireOne } from '../errors';
import { madeBefore, remember } from '../idempotency';
import { addPendingImage, checkDescription, requireFreeName } from '../imaging';
import { ec2Arn, onNew, taggingAtCreation } from '../resources';
import type { Image, Snapshot } from '../state';
import { checkTagSpecifications, tagsFor } from '../tags';

const sourceRegionOf = (region: Region, name: string | undefined): Region => {
  if (name === undefined) throw missingParameter('SourceRegion');
  const source = name === region.name ? region : region.other(name);
  if (source === undefined) throw invalidParameterValue(`Invalid region: ${name}`);
  return source;
};

/** @throws AwsError if the image does not exist or is not available yet */
const sourceOf = (input: CopyImageRequest, region: Region): Image => {
  const from = sourceRegionOf(region, input.SourceRegion);
  const source = requireOne('image', from.service('ec2').state.images, input.SourceImageId, 'SourceImageId');
  if (source.state !== 'available') {
    throw new AwsError('InvalidAMIID.Unavailable', `The image ID '${source.id}' is not available`);
  }
  return source;
};

const snapshotCopies = (
  region: Region,
  source: Image,
  imageId: string,
  input: CopyImageRequest,
): Snapshot[] =>
  source.devices.map(({ sizeGiB, snapshotId }) => ({
    id: region.newId('snap-'),
    owner: region.account,
    volumeId: 'vol-ffffffff',
    sizeGiB,
    startedAt: region.now(),
    description: `Copied for DestinationAmi ${imageId} from SourceAmi ${source.id} for SourceSnapshot ${snapshotId}.`,
    state: 'pending',
    tags: tagsFor(input.TagSpecifications, 'snapshot'),
  }));

const copyOf = (
  region: Region,
  source: Image,
  id: string,
  snapshots: readonly Snapshot[],
  input: CopyImageRequest,
): Image => ({
  id,
  name: input.Name ?? '',
  owner: region.account,
  createdAt: region.now(),
  description: input.Description ?? source.description,
  state: 'pending',
  architecture: source.architecture,
  bootMode: source.bootMode,
  rootDeviceName: source.rootDeviceName,
  devices: source.devices.map((device, index) => ({ ...device, snapshotId: snapshots[index]?.id ?? '' })),
  sourceImageId: source.id,
  sourceImageRegion: input.SourceRegion ?? region.name,
  tags: {
    ...(input.CopyImageTags === true ? userTags(source) : {}),
    ...tagsFor(input.TagSpecifications, 'image'),
  },
  ...(source.software !== undefined && { software: source.software }),
});

/** AWS does not copy tags that it set itself. */
const userTags = (source: Image) =>
  Object.fromEntries(Object.entries(source.tags).filter(([key]) => !key.startsWith('aws:')));

/**
 * The permission on the source image, which depends on its owner, not on its tags (Service Authorization Reference,
 * CopyImage).
 */
const source = (region: Region, { SourceImageId: id = '*', SourceRegion: name }: CopyImageRequest) => {
  const from = name === undefined || name === region.name ? region : region.other(name);
  const owner = from?.service('ec2').state.images[id]?.owner;
  return {
    action: 'ec2:CopyImage',
    resource: ec2Arn(from ?? region, 'image', id),
    context: { 'ec2:region': region.name, ...(owner !== undefined && { 'ec2:owner': owner }) },
  } satisfies Requirement;
};

/** CopyImage is called in the target region. */
export const copyImage: Action<CopyImageRequest, CopyImageResult> = {
  requires(input, region) {
    const specifications = input.TagSpecifications;
    return [
      source(region, input),
      onNew(region, 'ec2:CopyImage', 'image', tagsFor(specifications, 'image')),
      onNew(region, 'ec2:CopyImage', 'snapshot', tagsFor(specifications, 'snapshot')),
      ...taggingAtCreation(region, 'CopyImage', specifications),
    ];
  },
  run(input, region) {
    const { state } = region.service('ec2');
    const made = madeBefore(state, 'CopyImage', input);
    if (made !== undefined) return { ImageId: made[0] };
    checkTagSpecifications(input.TagSpecifications, ['image', 'snapshot']);
    checkDescription(input.Description);
    requireFreeName(state, input.Name);
    const source = sourceOf(input, region);
    refuseDryRun(input.DryRun);
    const id = region.newId('ami-');
    const snapshots = snapshotCopies(region, source, id, input);
    addPendingImage(
      region,
      state,
      copyOf(region, source, id, snapshots, input),
      snapshots,
      region.timings.imageCopyMs,
    );
    remember(state, 'CopyImage', input, [id]);
    return { ImageId: id };
  },
};
