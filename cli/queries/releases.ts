import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import {
  DescribeLaunchTemplatesCommand,
  EC2Client,
  type Image,
  paginateDescribeImages,
} from '@aws-sdk/client-ec2';
import { chunks } from '../../lib/aws/chunks';
import { nameOf } from '../../lib/aws/failure';
import { calledAmong, releaseId } from '../../lib/engine/releaseId';
import { madeAtOf, type Release } from '../../lib/engine/releases';
import { describeGroup, type Group } from '../../lib/fleet/group';
import { type DescribedInstance, instancesWhere } from '../../lib/fleet/instances';
import { checkApplication, chosenApplications } from './applications';
import { releasesOf } from './releaseStatus';
import type { Session } from '../session/session';

/** A release, with its image and its users. Times are epoch milliseconds. */
export interface ListedRelease {
  readonly version: string;
  /** It names just this release, as `rollback --to` takes it: `v2@3f9a1c`. */
  readonly id: string;
  /** Its version, or its id where another release has the same version. */
  readonly name: string;
  /** The Auto Scaling group that it was made for. */
  readonly group: string;
  /** `group web-old`: the fleet that it belongs to, where that is not the application's any more: no rollback goes to it. */
  readonly otherFleet?: string;
  readonly state: Release['state'];
  readonly deployment: string;
  readonly image: string;
  /** EC2's state of the image; `gone` if it does not exist any more. */
  readonly imageState: string;
  /** The size of its volumes, which is the most that its snapshots can store. Absent if the image is gone. */
  readonly sizeGib?: number;
  /** By region. */
  readonly imageCopies?: NonNullable<Release['imageCopies']>;
  readonly launchTemplate: Release['launchTemplate'];
  /** When it became good or bad. */
  readonly markedAt: number;
  readonly markedBy: string;
  /** When its deployment was accepted. */
  readonly madeAt: number;
  /** When its image and launch template version were deleted, so that nothing can go back to it. */
  readonly cleanedAt?: number;
  readonly cleanedBy?: string;
  /** It was never deployed: the group launched from it before its first deployment. */
  readonly baseline?: true;
  /** `group api`, `default version`, `3 instances`. */
  readonly usedBy: readonly string[];
}

export interface ApplicationReleases {
  readonly application: string;
  /** The newest first. */
  readonly releases: readonly ListedRelease[];
}

/** EC2's limit of values in a filter. */
const maxValues = 200;
/** States of instances that still use their image. */
const aliveStates = ['pending', 'running', 'stopping', 'stopped'];

/** Images by id. They are found by a filter: asked for by ids, EC2 refuses the whole call if one is gone. */
const imagesOf = async (ec2: EC2Client, ids: readonly string[]): Promise<Map<string, Image>> => {
  const found = new Map<string, Image>();
  for (const Values of chunks(ids, maxValues))
    for await (const page of paginateDescribeImages(
      { client: ec2 },
      { Filters: [{ Name: 'image-id', Values }] },
    ))
      for (const image of page.Images ?? []) found.set(image.ImageId ?? '', image);
  return found;
};

/** All instances of the images, also those outside of groups. */
const instancesFrom = async (ec2: EC2Client, images: readonly string[]): Promise<DescribedInstance[]> => {
  const found = await Promise.all(
    chunks(images, maxValues).map((Values) =>
      instancesWhere(ec2, [
        { Name: 'image-id', Values },
        { Name: 'instance-state-name', Values: aliveStates },
      ]),
    ),
  );
  return found.flat();
};

/** The number of the default version by launch template; empty if the template is gone. */
const defaultVersions = async (ec2: EC2Client, ids: readonly string[]): Promise<Map<string, string>> => {
  const found = await Promise.all(
    ids.map(async (id): Promise<[string, string]> => {
      try {
        const { LaunchTemplates: [template] = [] } = await ec2.send(
          new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] }),
        );
        return [id, String(template?.DefaultVersionNumber ?? '')];
      } catch (error) {
        if (!nameOf(error).startsWith('InvalidLaunchTemplateId')) throw error;
        return [id, ''];
      }
    }),
  );
  return new Map(found);
};

/** Groups by name; those that are gone are left out. */
const groupsOf = async (session: Session, names: readonly string[]): Promise<Map<string, Group>> => {
  const client = session.connect(AutoScalingClient);
  const found = await Promise.all(
    names.map((name) =>
      describeGroup(client, name).catch((error: unknown) => {
        if (nameOf(error) !== 'FleetUnsettled') throw error;
        return undefined;
      }),
    ),
  );
  return new Map(found.flatMap((group) => (group ? [[group.name, group] as const] : [])));
};

/** What was read of AWS for all releases at once. */
interface Surroundings {
  readonly images: ReadonlyMap<string, Image>;
  readonly instances: readonly DescribedInstance[];
  readonly defaults: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, Group>;
}

const usedBy = (
  { image, launchTemplate: { id, version }, group: name }: Release,
  { instances, defaults, groups }: Surroundings,
): string[] => {
  const group = groups.get(name);
  const count = instances.filter((instance) => instance.image === image).length;
  return [
    ...(group?.launchTemplate?.id === id && group.launchTemplate.version === version
      ? [`group ${name}`]
      : []),
    ...(defaults.get(id) === version ? ['default version'] : []),
    ...(count > 0 ? [`${String(count)} instance${count === 1 ? '' : 's'}`] : []),
  ];
};

const sizeOf = ({ BlockDeviceMappings: devices = [] }: Image): number =>
  devices.reduce((sum, { Ebs: volume }) => sum + (volume?.VolumeSize ?? 0), 0);

/**
 * @param group that the settings name.
 * @param others the application's releases.
 */
const listed = (
  release: Release,
  others: readonly Release[],
  group: string | undefined,
  known: Surroundings,
): ListedRelease => {
  const { version, state, deployment, image, imageCopies, launchTemplate, markedAt, markedBy } = release;
  const { cleanedAt, cleanedBy } = release;
  const found = known.images.get(image);
  return {
    version,
    id: releaseId(release),
    name: calledAmong(release, others),
    group: release.group,
    ...(group !== undefined && release.group !== group && { otherFleet: `group ${release.group}` }),
    state,
    deployment,
    image,
    imageState: found?.State ?? 'gone',
    ...(found && { sizeGib: sizeOf(found) }),
    ...(imageCopies && { imageCopies }),
    launchTemplate,
    markedAt,
    markedBy,
    madeAt: madeAtOf(release),
    ...(cleanedAt !== undefined && { cleanedAt }),
    ...(cleanedBy !== undefined && { cleanedBy }),
    ...(release.baseline && { baseline: release.baseline }),
    usedBy: usedBy(release, known),
  };
};

/** Undefined where the settings cannot be read: the releases are listed all the same. */
const groupOfSettings = async (session: Session, application: string): Promise<string | undefined> => {
  try {
    return (await checkApplication(session, application)).settings.group;
  } catch (error) {
    if (nameOf(error) === 'InvalidSettings') return undefined;
    throw error;
  }
};

const distinct = (values: readonly string[]): string[] => [...new Set(values)];

/** The releases of one application, or of all. @throws RefusedEarly of an unknown application. */
export const listReleases = async (
  session: Session,
  application: string | undefined,
): Promise<ApplicationReleases[]> => {
  const names = await chosenApplications(session, application);
  const [lists, settingsGroups] = await Promise.all([
    Promise.all(names.map((name) => releasesOf(session, name))),
    Promise.all(names.map((name) => groupOfSettings(session, name))),
  ]);
  const releases = lists.flat();
  const ec2 = session.connect(EC2Client);
  const images = distinct(releases.map(({ image }) => image));
  const [found, instances, defaults, groups] = await Promise.all([
    imagesOf(ec2, images),
    instancesFrom(ec2, images),
    defaultVersions(ec2, distinct(releases.map(({ launchTemplate }) => launchTemplate.id))),
    groupsOf(
      session,
      distinct([...releases.map(({ group }) => group), ...settingsGroups.flatMap((group) => group ?? [])]),
    ),
  ]);
  const known = { images: found, instances, defaults, groups };
  return names.map((name, index) => ({
    application: name,
    releases: (lists[index] ?? []).map((release) =>
      listed(release, lists[index] ?? [], settingsGroups[index], known),
    ),
  }));
};
