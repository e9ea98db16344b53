/** The tags by which Forseti knows what is its own, and what an instance runs. */
export const tags = {
  application: 'forseti:application',
  version: 'forseti:version',
  deployment: 'forseti:deployment',
  /** Which command of a deployment provisions the instance: `first` or `rest`. */
  part: 'forseti:part',
  /** An instance that carries it, whatever its value, is never imaged. */
  avoidImage: 'forseti:avoid-image',
} as const;

/** The version of an instance on which Ansible has begun and not ended. */
export const tainted = 'tainted';

export type Tags = Readonly<Record<string, string>>;

/** As AWS's calls take them. */
export const tagList = (values: Tags): { Key: string; Value: string }[] =>
  Object.entries(values).map(([Key, Value]) => ({ Key, Value }));
