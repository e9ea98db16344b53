import {
  type AutoScalingClient,
  type AutoScalingGroup,
  type LaunchTemplateSpecification,
  paginateDescribeAutoScalingGroups,
  paginateDescribeInstanceRefreshes,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeImageAttributeCommand,
  type EC2Client,
  type Image,
  paginateDescribeImages,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplates,
  paginateDescribeLaunchTemplateVersions,
  paginateDescribeSnapshots,
  type Tag,
} from '@aws-sdk/client-ec2';
import { chunks } from '../aws/chunks';
import { tags } from '../aws/tags';
import { isActive } from '../rollout/refreshes';
import type { OwnImage, OwnSnapshot, TemplateVersion, Use } from './facts';

/** EC2 takes so many values in a filter. */
const maxValues = 200;

const tagOf = (found: readonly Tag[] | undefined, key: string): string | undefined =>
  found?.find(({ Key }) => Key === key)?.Value;

const snapshotsOf = ({ BlockDeviceMappings: devices = [] }: Image): string[] =>
  devices.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);

/** All pages as one list. */
const all = async <Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> => {
  const found: Item[] = [];
  for await (const page of pages) found.push(...(items(page) ?? []));
  return found;
};

/** Images of this account in a region that bear the application's tags; whom they are shared with is not known yet. */
export const ownImages = async (ec2: EC2Client, region: string, application: string): Promise<OwnImage[]> => {
  const images = await all(
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
    return [{ id, region, deployment, snapshots: snapshotsOf(image), sharedWith: [] }];
  });
};

/** Snapshots that bear the application's tags, each with the images of this account that refer to it. */
export const ownSnapshots = async (
  ec2: EC2Client,
  region: string,
  application: string,
): Promise<OwnSnapshot[]> => {
  const snapshots = await all(
    paginateDescribeSnapshots(
      { client: ec2 },
      { OwnerIds: ['self'], Filters: [{ Name: `tag:${tags.application}`, Values: [application] }] },
    ),
    ({ Snapshots }) => Snapshots,
  );
  const ids = snapshots.flatMap(({ SnapshotId }) => SnapshotId ?? []);
  const images: Image[] = [];
  for (const Values of chunks(ids, maxValues))
    images.push(
      ...(await all(
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

/** The deployment that a version's description names; versions bear no tags (see `descriptionOf`). */
const deploymentIn = (description: string | undefined): string | undefined =>
  /^\S+ (\S+)$/.exec(description ?? '')?.[1];

/** All versions of the application's own templates, and those versions of other templates that name one of its images. */
export const templateVersions = async (
  ec2: EC2Client,
  region: string,
  own: ReadonlySet<string>,
  images: readonly string[],
): Promise<TemplateVersion[]> => {
  const templates = await all(
    paginateDescribeLaunchTemplates({ client: ec2 }, {}),
    ({ LaunchTemplates }) => LaunchTemplates,
  );
  const found: TemplateVersion[] = [];
  for (const { LaunchTemplateId: id = '' } of templates) {
    const filters = own.has(id)
      ? [undefined]
      : chunks(images, maxValues).map((Values) => [{ Name: 'image-id', Values }]);
    for (const Filters of filters)
      for (const version of await all(
        paginateDescribeLaunchTemplateVersions(
          { client: ec2 },
          { LaunchTemplateId: id, ...(Filters && { Filters }) },
        ),
        ({ LaunchTemplateVersions }) => LaunchTemplateVersions,
      ))
        found.push({
          id,
          region,
          version: String(version.VersionNumber),
          image: version.LaunchTemplateData?.ImageId,
          isDefault: version.DefaultVersion === true,
          deployment: deploymentIn(version.VersionDescription),
        });
  }
  return found;
};

/** Instances, stopped ones too, that run from one of the images. */
export const instanceUses = async (
  ec2: EC2Client,
  region: string,
  images: readonly string[],
): Promise<Use[]> => {
  const uses: Use[] = [];
  for (const Values of chunks(images, maxValues)) {
    const reservations = await all(
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

type Named = (specification: LaunchTemplateSpecification | undefined, by: string) => Use[];

const usesOfGroup = (group: AutoScalingGroup, named: Named): Use[] => {
  const mixed = group.MixedInstancesPolicy?.LaunchTemplate;
  const by = `group ${group.AutoScalingGroupName ?? ''}`;
  return [
    ...named(group.LaunchTemplate, by),
    ...named(mixed?.LaunchTemplateSpecification, by),
    ...(mixed?.Overrides ?? []).flatMap((override) => named(override.LaunchTemplateSpecification, by)),
    ...(group.Instances ?? []).flatMap((member) =>
      named(member.LaunchTemplate, `instance ${member.InstanceId ?? ''}`),
    ),
  ];
};

/**
 * Groups of the region, their instances, and the refreshes that run, by the launch template versions that they name.
 * `$Latest` is told as the highest number there is.
 */
export const groupUses = async (
  autoScaling: AutoScalingClient,
  region: string,
  versions: readonly TemplateVersion[],
): Promise<Use[]> => {
  const known = new Set(versions.map(({ id }) => id));
  const named: Named = (specification, by) => {
    const { LaunchTemplateId: id, Version: version = '$Default' } = specification ?? {};
    if (id === undefined || !known.has(id) || version === '$Default') return [];
    const numbers = versions.filter((one) => one.id === id).map((one) => Number(one.version));
    const number = version === '$Latest' ? String(Math.max(...numbers)) : version;
    return [{ by, region, launchTemplate: { id, version: number } }];
  };
  const groups = await all(
    paginateDescribeAutoScalingGroups({ client: autoScaling }, {}),
    ({ AutoScalingGroups }) => AutoScalingGroups,
  );
  const uses: Use[] = [];
  for (const group of groups) {
    uses.push(...usesOfGroup(group, named));
    const { AutoScalingGroupName } = group;
    if (AutoScalingGroupName === undefined) continue;
    const refreshes = await all(
      paginateDescribeInstanceRefreshes({ client: autoScaling }, { AutoScalingGroupName }),
      ({ InstanceRefreshes }) => InstanceRefreshes,
    );
    for (const { DesiredConfiguration: wanted, InstanceRefreshId: id = '' } of refreshes.filter(isActive))
      uses.push(
        ...named(wanted?.LaunchTemplate, `instance refresh ${id}`),
        ...named(
          wanted?.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification,
          `instance refresh ${id}`,
        ),
      );
  }
  return uses;
};
