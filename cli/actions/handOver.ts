import { CreateTagsCommand, EC2Client, paginateDescribeImages } from '@aws-sdk/client-ec2';
import { chunks } from '../../lib/aws/chunks';
import { tagList, tags } from '../../lib/aws/tags';
import type { Release } from '../../lib/engine/releases';
import { releasesOf, releaseStore } from '../queries/releaseStatus';
import type { Session } from '../session/session';

/** EC2 takes so many values in a filter. */
const maxValues = 200;

/** Images and their snapshots bear the new name, so that it is the new application's cleaning that finds them. */
const retag = async (session: Session, images: readonly string[], application: string): Promise<void> => {
  const ec2 = session.connect(EC2Client);
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
    left.map(({ image }) => image),
    to,
  );
  return left;
};
