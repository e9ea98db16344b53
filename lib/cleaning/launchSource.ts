import type { Use } from './facts';

/** What EC2 launches from: an image, and snapshots of further volumes. */
interface LaunchSource {
  readonly ImageId?: string | undefined;
  readonly BlockDeviceMappings?:
    readonly { readonly Ebs?: { readonly SnapshotId?: string | undefined } | undefined }[] | undefined;
}

export const usesOfSource = (source: LaunchSource | undefined, by: string, region: string): Use[] => [
  ...(source?.ImageId === undefined ? [] : [{ by, region, image: source.ImageId }]),
  ...(source?.BlockDeviceMappings ?? []).flatMap(({ Ebs }) =>
    Ebs?.SnapshotId === undefined ? [] : [{ by, region, snapshot: Ebs.SnapshotId }],
  ),
];
