/** The tags by which Forseti recognises its own resources, and what an instance runs. */
export const tags = {
  application: 'forseti:application',
  version: 'forseti:version',
  deployment: 'forseti:deployment',
  /** Of images: the commit that the version's tag named. */
  commit: 'forseti:commit',
  /** Which deployment's command is meant for the instance, by {@link partMark}. It says nothing of what ran there. */
  part: 'forseti:part',
  /** No image is made of an instance with this tag, whatever its value. */
  avoidImage: 'forseti:avoid-image',
} as const;

/** Value of {@link tags.part}: the targets of a command are found by it alone. */
export const partMark = (deployment: string, part: 'first' | 'rest'): string => `${deployment} ${part}`;

/** The version of an instance on which Ansible has begun and not ended. */
export const tainted = 'tainted';

export type Tags = Readonly<Record<string, string>>;

/** In the form that AWS's calls take. */
export const tagList = (values: Tags): { Key: string; Value: string }[] =>
  Object.entries(values).map(([Key, Value]) => ({ Key, Value }));
