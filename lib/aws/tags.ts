/** The tags by which Forseti recognises its own resources, and what an instance runs. */
export const tags = {
  application: 'forseti:application',
  version: 'forseti:version',
  deployment: 'forseti:deployment',
  /** The provisioning command of a deployment that is meant for the instance: `first` or `rest`. */
  part: 'forseti:part',
  /** No image is made of an instance with this tag, whatever its value. */
  avoidImage: 'forseti:avoid-image',
} as const;

/** The version tag's value from before Ansible begins on an instance until it has succeeded. */
export const tainted = 'tainted';

export type Tags = Readonly<Record<string, string>>;

/** In the form that AWS's calls take. */
export const tagList = (values: Tags): { Key: string; Value: string }[] =>
  Object.entries(values).map(([Key, Value]) => ({ Key, Value }));
