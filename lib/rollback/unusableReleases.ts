import {
  type EC2Client,
  paginateDescribeImages,
  paginateDescribeLaunchTemplateVersions,
} from '@aws-sdk/client-ec2';
import { chunks } from '../aws/chunks';
import { nameOf } from '../aws/failure';
import type { Release } from '../engine/releases';
import type { Missing } from './releaseQuestion';

/** EC2 takes so many values in a filter. */
const maxValues = 200;

/** States of images by id. They are found by a filter: EC2 refuses a call by ids as a whole if one of them is gone. */
const imageStates = async (ec2: EC2Client, ids: readonly string[]): Promise<Map<string, string>> => {
  const found = new Map<string, string>();
  for (const Values of chunks(ids, maxValues))
    for await (const { Images: images = [] } of paginateDescribeImages(
      { client: ec2 },
      { Filters: [{ Name: 'image-id', Values }] },
    ))
      for (const { ImageId: id = '', State: state = 'unknown' } of images) found.set(id, state);
  return found;
};

/** The numbers of a template's versions that exist, between the oldest and the newest that are asked for. */
const versionsOf = async (ec2: EC2Client, id: string, asked: readonly string[]): Promise<Set<string>> => {
  const numbers = asked.map(Number);
  const found = new Set<string>();
  try {
    for await (const { LaunchTemplateVersions: versions = [] } of paginateDescribeLaunchTemplateVersions(
      { client: ec2 },
      {
        LaunchTemplateId: id,
        MinVersion: String(Math.min(...numbers)),
        MaxVersion: String(Math.max(...numbers)),
      },
    ))
      for (const { VersionNumber: number } of versions) found.add(String(number));
  } catch (error) {
    // InvalidLaunchTemplateId.NotFound (EC2 API, error codes): the template is gone with all its versions.
    if (!nameOf(error).startsWith('InvalidLaunchTemplate')) throw error;
  }
  return found;
};

/**
 * Which releases cannot be launched any more, by sort key, with what they lack: the image is gone or not available, or
 * the launch template version is gone. Releases that a clean has taken are not looked at.
 */
export const unusableReleases = async (
  ec2: EC2Client,
  releases: readonly Release[],
): Promise<Map<string, Missing>> => {
  const left = releases.filter(({ cleanedAt }) => cleanedAt === undefined);
  const templates = [...new Set(left.map(({ launchTemplate }) => launchTemplate.id))];
  const numbersOf = (template: string): string[] =>
    left.flatMap(({ launchTemplate: { id, version } }) => (id === template ? [version] : []));
  const [states, versions] = await Promise.all([
    imageStates(ec2, [...new Set(left.map(({ image }) => image))]),
    Promise.all(templates.map(async (id) => [id, await versionsOf(ec2, id, numbersOf(id))] as const)),
  ]);
  const existing = new Map(versions);
  const missingOf = ({ image, launchTemplate: { id, version } }: Release): Missing | undefined => {
    const state = states.get(image) ?? 'gone';
    if (state !== 'available') return { what: 'image', state };
    return existing.get(id)?.has(version) === true ? undefined : { what: 'launch template version' };
  };
  return new Map(
    left.flatMap((release) => {
      const missing = missingOf(release);
      return missing === undefined ? [] : [[release.release, missing] as const];
    }),
  );
};
