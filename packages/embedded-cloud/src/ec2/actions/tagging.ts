import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  ResourceType,
  TagDescription,
} from '@aws-sdk/client-ec2';
import type { Action, Region } from '../../core/service';
import { invalidParameterValue, missingParameter, refuseDryRun } from '../errors';
import { filterOf } from '../filters';
import { pageOf } from '../paging';
import { onEverything, onId, requestTags } from '../resources';
import type { Ec2State, Tags } from '../state';
import { addTags, fromTagList, taggedRecord } from '../tags';

const rawTags = (list: CreateTagsRequest['Tags']): Tags =>
  Object.fromEntries((list ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));

/** "Up to 1000 resource IDs. We recommend breaking up this request into smaller batches." (CreateTags, DeleteTags) */
const maxResources = 1_000;

/** @throws AwsError InvalidParameterValue */
const resourcesOf = (state: Ec2State, ids: readonly string[] = []): { tags: Tags }[] => {
  if (ids.length > maxResources)
    throw invalidParameterValue(`The maximum number of resource IDs is ${String(maxResources)}`);
  return ids.map((id) => taggedRecord(state, id));
};

/** Tags all of the resources or none. */
export const createTags: Action<CreateTagsRequest, Record<string, never>> = {
  requires: ({ Resources: ids = [], Tags: list }, region) =>
    ids.map((id) =>
      onId(region, region.service('ec2').state, 'ec2:CreateTags', id, requestTags(rawTags(list))),
    ),
  run(input, region) {
    const { state } = region.service('ec2');
    if (input.Tags === undefined || input.Tags.length === 0) throw missingParameter('Tag');
    const tags = fromTagList(input.Tags);
    const records = resourcesOf(state, input.Resources);
    refuseDryRun(input.DryRun);
    for (const record of records) addTags({ tags: { ...record.tags } }, tags);
    for (const record of records) addTags(record, tags);
    return {};
  },
};

/**
 * A tag given with a value is removed only if it has that value. If no tags are given, all but AWS's own are
 * removed.
 */
const without = (tags: Tags, gone: DeleteTagsRequest['Tags']): Tags =>
  Object.fromEntries(
    Object.entries(tags).filter(([key, value]) => {
      if (key.startsWith('aws:')) return true;
      if (gone === undefined) return false;
      return !gone.some(({ Key, Value }) => Key === key && (Value === undefined || Value === value));
    }),
  );

export const deleteTags: Action<DeleteTagsRequest, Record<string, never>> = {
  requires: ({ Resources: ids = [], Tags: list }, region) =>
    ids.map((id) =>
      onId(region, region.service('ec2').state, 'ec2:DeleteTags', id, requestTags(rawTags(list))),
    ),
  run(input, region) {
    const { state } = region.service('ec2');
    const records = resourcesOf(state, input.Resources);
    refuseDryRun(input.DryRun);
    for (const record of records) record.tags = without(record.tags, input.Tags);
    return {};
  },
};

interface OneTag {
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly value: string;
}

const tagged = (state: Ec2State): readonly (readonly [string, Record<string, { tags: Tags }>])[] => [
  ['image', state.images],
  ['instance', state.instances],
  ['launch-template', state.launchTemplates],
  ['security-group', state.securityGroups],
  ['security-group-rule', state.securityGroupRules ?? {}],
  ['snapshot', state.snapshots],
  ['subnet', state.subnets],
];

const everyTag = (state: Ec2State): OneTag[] =>
  tagged(state).flatMap(([type, records]) =>
    Object.entries(records).flatMap(([id, { tags }]) =>
      Object.entries(tags).map(([key, value]) => ({ id, type, key, value })),
    ),
  );

const output = ({ id, type, key, value }: OneTag): TagDescription => ({
  ResourceId: id,
  ResourceType: type as ResourceType,
  Key: key,
  Value: value,
});

export const describeTags: Action<DescribeTagsRequest, DescribeTagsResult> = {
  requires: onEverything('ec2:DescribeTags'),
  run(input: DescribeTagsRequest, region: Region) {
    const matches = filterOf<OneTag & { tags?: Tags }>(input.Filters, {
      'resource-id': ({ id }) => id,
      'resource-type': ({ type }) => type,
      key: ({ key }) => key,
      value: ({ value }) => value,
    });
    const found = everyTag(region.service('ec2').state).filter(matches);
    refuseDryRun(input.DryRun);
    const { items, nextToken } = pageOf(found, input);
    return { Tags: items.map(output), NextToken: nextToken };
  },
};
