import { type BlockDeviceMapping, DescribeImagesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { PreflightFacts, VolumeSize } from './facts';

type Mapping = Pick<BlockDeviceMapping, 'DeviceName'> & {
  readonly Ebs?:
    { readonly VolumeSize?: number | undefined; readonly SnapshotId?: string | undefined } | undefined;
};

/** The volumes whose sizes a launch template states. One without a size is as large as its snapshot. */
export const statedVolumes = (mappings: readonly Mapping[] = []): VolumeSize[] =>
  mappings.flatMap(({ DeviceName: device, Ebs: volume }) =>
    device === undefined || volume?.VolumeSize === undefined ? [] : [{ device, gib: volume.VolumeSize }],
  );

/** The snapshots of images. By a filter: EC2 would refuse an id that is gone. */
export const snapshotsOf = async (
  ec2: EC2Client,
  images: readonly string[],
): Promise<NonNullable<PreflightFacts['snapshots']>> => {
  if (images.length === 0) return [];
  const { Images: found = [] } = await ec2.send(
    new DescribeImagesCommand({ Filters: [{ Name: 'image-id', Values: [...images] }] }),
  );
  return found.flatMap(({ ImageId: image = '', BlockDeviceMappings: mappings = [] }) =>
    mappings.flatMap(({ DeviceName: device, Ebs: volume }) =>
      device === undefined || volume?.SnapshotId === undefined || volume.VolumeSize === undefined
        ? []
        : [{ image, device, snapshot: volume.SnapshotId, gib: volume.VolumeSize }],
    ),
  );
};
