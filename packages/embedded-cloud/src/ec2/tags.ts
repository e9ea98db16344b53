/** Tags: limits, tag specifications of requests, and their shape in answers. */
import type { Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { AwsError } from '../core/errors';
import type { Ec2State, Tags } from './state';
import { invalidParameterValue, kindOfId, missingParameter, requireOne } from './errors';

const maxTags = 50;

/** @throws AwsError if the key is reserved or too long, or the value is too long */
const checked = ({ Key: key, Value: value = '' }: Tag): readonly [string, string] => {
  if (key === undefined || key === '') throw missingParameter('Tag.Key');
  if (key.toLowerCase().startsWith('aws:')) {
    throw invalidParameterValue(
      `Value ( ${key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use`,
    );
  }
  if (key.length > 127) throw invalidParameterValue('Tag key exceeds the maximum length of 127 characters');
  if (value.length > 256)
    throw invalidParameterValue('Tag value exceeds the maximum length of 256 characters');
  return [key, value];
};

/** @throws AwsError InvalidParameterValue, MissingParameter */
export const fromTagList = (list: readonly Tag[] | undefined): Tags =>
  Object.fromEntries((list ?? []).map(checked));

export const toTagList = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/**
 * The tags that a request gives to a new resource of a type (`image`, `snapshot`). They are not checked, since they
 * are for IAM's context.
 */
export const tagsFor = (specifications: readonly TagSpecification[] | undefined, type: string): Tags => {
  const tags: Tags = {};
  for (const specification of specifications ?? []) {
    if (specification.ResourceType !== type) continue;
    for (const { Key, Value } of specification.Tags ?? []) if (Key !== undefined) tags[Key] = Value ?? '';
  }
  return tags;
};

/**
 * Checks the tag specifications of a request.
 * @param types resource types that the action can tag at creation
 * @throws AwsError InvalidParameterValue, InvalidParameter
 */
export const checkTagSpecifications = (
  specifications: readonly TagSpecification[] | undefined,
  types: readonly string[],
): void => {
  for (const { ResourceType: type = '', Tags: list } of specifications ?? []) {
    if (!types.includes(type)) {
      throw invalidParameterValue(`'${type}' is not a valid taggable resource type for this operation.`);
    }
    if (list === undefined || list.length === 0) {
      throw new AwsError('InvalidParameter', 'Tag specification must have at least one tag');
    }
    checkCount(fromTagList(list));
  }
};

/** Tags that AWS sets (`aws:...`) do not count against the limit. */
const checkCount = (tags: Tags): void => {
  if (Object.keys(tags).filter((key) => !key.startsWith('aws:')).length > maxTags) {
    throw new AwsError('TagLimitExceeded', `More than ${maxTags} tags specified`);
  }
};

/** The record that holds a resource's tags. `vpc` is not modelled. */
export const taggedRecord = (state: Ec2State, id: string): { tags: Tags } => {
  const kind = kindOfId(id);
  if (kind === undefined || kind === 'vpc') throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
  return requireOne<{ tags: Tags }>(kind, state[`${kind}s`] ?? {}, id, 'ResourceId');
};

/** Adds tags, or overwrites their values. @throws AwsError TagLimitExceeded */
export const addTags = (record: { tags: Tags }, tags: Tags): void => {
  const after = { ...record.tags, ...tags };
  checkCount(after);
  record.tags = after;
};
