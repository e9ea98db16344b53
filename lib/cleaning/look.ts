import {
  DescribeImageAttributeCommand,
  type EC2Client,
  type Image,
  paginateDescribeImages,
  paginateDescribeInstances,
  paginateDescribeSnapshots,
  type Tag,
} from '@aws-sdk/client-ec2';
import { chunks } from '../aws/chunks';
import { tags } from '../aws/tags';
import type { OwnImage, OwnSnapshot, Use } from './facts';
import { allPages, maxFilterValues } from './pages';

const tagOf = (found: readonly Tag[] | undefined, key: string): string | undefined =>
  found?.find(({ Key }) => Key === key)?.Value;

const snapshotsOf = ({ BlockDeviceMappings: devices = [] }: Image): string[] =>
  devices.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);

/** Somebody has forbidden to deregister it; for a day after that was lifted EC2 says `disabled`-with-cooldown. */
const isProtected = ({ DeregistrationProtection: protection = 'disabled' }: Image): boolean =>
  protection !== 'disabled';

/** Images of this account in a region that bear the application's tags; whom they are shared with is not known yet. */
export const ownImages = async (ec2: EC2Client, region: string, application: string): Promise<OwnImage[]> => {
  const images = await allPages(
    paginateDescribeImages(
      { client: ec2 },
      { Owners: ['self'], Filters: [{ Name: `tag:${tags.application}`, Values: [application] }] },
    ),
    ({ Images }) => Images,
  );
  return images.flatMap((image) => {
    const deployment = tagOf(image.Tags, tags.deployment);
    const id = image.ImageId;
    if (deployment === undefined || id === undefined) return [];
    return [
      {
        id,
        region,
        deployment,
        snapshots: snapshotsOf(image),
        sharedWith: [],
        isProtected: isProtected(image),
      },
    ];
  });
};

/** Snapshots that bear the application's tags, each with the images of this account that refer to it. */
export const ownSnapshots = async (
  ec2: EC2Client,
  region: string,
  application: string,
): Promise<OwnSnapshot[]> => {
  const snapshots = await allPages(
    paginateDescribeSnapshots(
      { client: ec2 },
      { OwnerIds: ['self'], Filters: [{ Name: `tag:${tags.application}`, Values: [application] }] },
    ),
    ({ Snapshots }) => Snapshots,
  );
  const ids = snapshots.flatMap(({ SnapshotId }) => SnapshotId ?? []);
  const images: Image[] = [];
  for (const Values of chunks(ids, maxFilterValues))
    images.push(
      ...(await allPages(
        paginateDescribeImages(
          { client: ec2 },
          { Owners: ['self'], Filters: [{ Name: 'block-device-mapping.snapshot-id', Values }] },
        ),
        ({ Images }) => Images,
      )),
    );
  return snapshots.flatMap(({ SnapshotId: id, Tags: found }) => {
    const deployment = tagOf(found, tags.deployment);
    if (id === undefined || deployment === undefined) return [];
    const using = images.filter((image) => snapshotsOf(image).includes(id));
    return [{ id, region, deployment, images: using.flatMap(({ ImageId }) => ImageId ?? []) }];
  });
};

/** @returns accounts, organisations, organisational units, or `all`, that may launch an image. */
export const sharedWith = async (ec2: EC2Client, ImageId: string): Promise<string[]> => {
  const { LaunchPermissions: permissions = [] } = await ec2.send(
    new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' }),
  );
  return permissions.flatMap(
    ({ UserId, Group, OrganizationArn, OrganizationalUnitArn }) =>
      UserId ?? Group ?? OrganizationArn ?? OrganizationalUnitArn ?? [],
  );
};

/** Instances, stopped ones too, that run from one of the images. */
export const instanceUses = async (
  ec2: EC2Client,
  region: string,
  images: readonly string[],
): Promise<Use[]> => {
  const uses: Use[] = [];
  for (const Values of chunks(images, maxFilterValues)) {
    const reservations = await allPages(
      paginateDescribeInstances({ client: ec2 }, { Filters: [{ Name: 'image-id', Values }] }),
      ({ Reservations }) => Reservations,
    );
    for (const { InstanceId: id = '', ImageId: image, State: state } of reservations.flatMap(
      ({ Instances }) => Instances ?? [],
    ))
      if (image !== undefined && state?.Name !== 'terminated')
        uses.push({ by: `instance ${id}`, region, image });
  }
  return uses;
};
