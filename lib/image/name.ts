import { createHash } from 'node:crypto';
import type { TagSpecification } from '@aws-sdk/client-ec2';
import type { DeploymentRecord } from '../engine/record';
import { tagList, tags, type Tags } from '../aws/tags';

type Named = Pick<DeploymentRecord, 'application' | 'version' | 'deployment'>;

/**
 * The image's name: unique per deployment, and always the same for it, so that a second `CreateImage` is refused and
 * the first one's image is used. EC2 takes 3 to 128 letters, digits and `()[] ./-'@_`.
 */
export const imageName = ({ application, version, deployment }: Named): string => {
  const safe = version.replaceAll(/[^A-Za-z0-9._-]/g, '-');
  const unique = createHash('sha256').update(deployment).digest('hex').slice(0, 12);
  return `forseti-${application}-${safe}-${unique}`;
};

/** The tags of the image and of each of its snapshots. */
export const imageTags = ({
  application,
  version,
  deployment,
  commit,
}: Named & Pick<DeploymentRecord, 'commit'>): Tags => ({
  Name: `${application} ${version}`,
  [tags.application]: application,
  [tags.version]: version,
  [tags.deployment]: deployment,
  ...(commit !== undefined && { [tags.commit]: commit }),
});

export const imageDescription = ({ application, version }: Named): string =>
  `${application} ${version}, made by Forseti`;

/** The tags as EC2 takes them where an image, or a copy of it, is made. */
export const imageTagSpecifications = (named: Named): TagSpecification[] => {
  const list = tagList(imageTags(named));
  return [
    { ResourceType: 'image', Tags: list },
    { ResourceType: 'snapshot', Tags: list },
  ];
};
