import type { Group } from '../../fleet/group';
import { awaits, type CheckFunction, names, one, regionOption } from './check';

/** A ready image that the request names. */
export const image: CheckFunction = (subject) => {
  const { image: asked, architecture } = subject.facts;
  if (!asked) return [];
  if (awaits(subject, asked.id)) return one('image', `${asked.id}, pending`);
  if (asked.state !== 'available')
    return one(
      'image',
      asked.id,
      `Image ${asked.id} is ${asked.state ?? 'not known in this region'}; expected one that is available.`,
    );
  return one(
    'image',
    asked.id,
    architecture !== undefined &&
      asked.architecture !== architecture &&
      `Image ${asked.id} is for ${asked.architecture ?? 'an unknown architecture'}, the fleet's instances are ${architecture}.`,
  );
};

export const overrides: CheckFunction = ({ facts: { group } }) => {
  const templates = group.overrides.filter(({ launchTemplate }) => launchTemplate !== undefined);
  const images = group.overrides.filter((override) => override.image !== undefined);
  const types = (list: typeof images): string => names(list.map(({ type }) => type ?? '?'));
  return one(
    'mixed instances',
    group.mixed === undefined ? 'no' : `${String(group.overrides.length)} overrides`,
    templates.length > 0
      ? `Group ${group.name} has overrides with a launch template of their own (${types(templates)}); one image cannot serve them. Give them groups of their own.`
      : images.length > 0 &&
          `Group ${group.name} has overrides with an image of their own (${names(images.map(({ type, image: own }) => `${type ?? '?'}: ${own ?? ''}`))}), which would be launched in the place of the new one. Take the images out: ${withoutImages(group)}`,
  );
};

/** Auto Scaling takes the id or the name of a launch template, not both, and reports both. */
const withoutImages = (group: Pick<Group, 'name' | 'arn' | 'mixed'>): string => {
  const policy = group.mixed;
  const { LaunchTemplateId, Version } = policy?.LaunchTemplate?.LaunchTemplateSpecification ?? {};
  const mended = {
    ...policy,
    LaunchTemplate: {
      LaunchTemplateSpecification: { LaunchTemplateId, Version },
      // JSON leaves out what is undefined.
      Overrides: (policy?.LaunchTemplate?.Overrides ?? []).map((override) => ({
        ...override,
        ImageId: undefined,
      })),
    },
  };
  return `aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${group.name} --mixed-instances-policy '${JSON.stringify(mended)}'${regionOption(group)}`;
};

/** EC2 makes no volume that is smaller than its snapshot: nothing could be launched. */
export const volumes: CheckFunction = ({ facts: { template, snapshots = [] } }) => {
  const stated = template?.volumes ?? [];
  const small = snapshots.flatMap((snapshot) => {
    const volume = stated.find(({ device }) => device === snapshot.device);
    return volume && volume.gib < snapshot.gib ? [{ ...snapshot, has: volume.gib }] : [];
  });
  return one(
    'volumes',
    stated.length === 0
      ? 'as large as the image'
      : names(stated.map(({ device, gib }) => `${device} ${String(gib)} GiB`)),
    small.length > 0 &&
      `Launch template ${template?.name ?? ''} version ${template?.version ?? ''} makes volumes that are smaller than the image's snapshot, so that EC2 would launch nothing: ${names(small.map(({ device, has, image: of, snapshot, gib }) => `${device} of ${String(has)} GiB, ${snapshot} of ${of} needs ${String(gib)} GiB`))}. Give the group a version of the template with larger volumes.`,
  );
};
