import { CreateTagsCommand, EC2Client, paginateDescribeImages } from '@aws-sdk/client-ec2';
import { chunks } from '../../lib/aws/chunks';
import { tagList, tags } from '../../lib/aws/tags';
import type { Release } from '../../lib/engine/releases';
import { releasesOf, releaseStore } from '../queries/releaseStatus';
import type { Session } from '../session/session';

/** EC2 takes so many values in a filter. */
const maxValues = 200;

/** An image, or a copy of it in another region. */
interface Place {
  readonly region: string;
  readonly image: string;
}

const placesOf = (home: string, { image, imageCopies = {} }: Release): Place[] => [
  { region: home, image },
  ...Object.entries(imageCopies).flatMap(([region, copy]) =>
    copy.image === undefined ? [] : [{ region, image: copy.image }],
  ),
];

/** Images and their snapshots bear the new name, so that it is the new application's cleaning that finds them. */
const retag = async (session: Session, places: readonly Place[], application: string): Promise<void> => {
  for (const region of new Set(places.map((place) => place.region))) {
    const ec2 = session.connectIn(region, EC2Client);
    const images = places.flatMap((place) => (place.region === region ? [place.image] : []));
    for (const Values of chunks(images, maxValues))
      for await (const { Images: found = [] } of paginateDescribeImages(
        { client: ec2 },
        {
          Owners: ['self'],
          Filters: [
            { Name: 'image-id', Values },
            { Name: 'tag-key', Values: [tags.deployment] },
          ],
        },
      ))
        for (const { ImageId: id = '', BlockDeviceMappings: devices = [] } of found)
          await ec2.send(
            new CreateTagsCommand({
              Resources: [id, ...devices.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? [])],
              Tags: tagList({ [tags.application]: application }),
            }),
          );
  }
};

/**
 * Gives the releases of a group to the application that has the group from now on, so that its rollbacks find them.
 * Safe to repeat: a release that the application has already stays as it is.
 * @returns the releases.
 */
export const handOverReleases = async (
  session: Session,
  { from, to, group }: { readonly from: string; readonly to: string; readonly group: string },
): Promise<readonly Release[]> => {
  const releases = (await releasesOf(session, from)).filter((release) => release.group === group);
  const store = releaseStore(session);
  for (const release of releases) await store.inherit({ ...release, application: to });
  const left = releases.filter(({ cleanedAt }) => cleanedAt === undefined);
  await retag(
    session,
    left.flatMap((release) => placesOf(session.region, release)),
    to,
  );
  return left;
};
