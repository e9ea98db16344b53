import type { EC2Client } from '@aws-sdk/client-ec2';
import type { LaunchTemplateRef } from '../engine/record';
import type { Release } from '../engine/releases';
import { describeTemplateVersion } from '../fleet/launchTemplates';

/**
 * What the group launches from, as releases know it. Somebody may have given the group a launch template version of
 * their own with the image of a release: the fleet runs that release, and a rollback leaves it.
 * @param releases the newest first.
 */
export const templateOfImage = async (
  ec2: EC2Client,
  used: LaunchTemplateRef | undefined,
  releases: readonly Release[],
): Promise<LaunchTemplateRef | undefined> => {
  const isAt = ({ launchTemplate: { id, version } }: Release): boolean =>
    id === used?.id && version === used.version;
  if (!used || releases.some(isAt)) return used;
  const image = (await describeTemplateVersion(ec2, used))?.LaunchTemplateData?.ImageId;
  const same = releases.find(
    (release) =>
      release.state === 'good' &&
      release.cleanedAt === undefined &&
      release.launchTemplate.id === used.id &&
      release.image === image,
  );
  return same?.launchTemplate ?? used;
};
