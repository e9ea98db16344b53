import type {
  CreateOrUpdateTagsCommandInput,
  DeleteTagsCommandInput,
  DescribeTagsCommandInput,
  DescribeTagsCommandOutput,
  Filter,
  Tag,
  TagDescription,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../core/errors';
import type { Action, Region, Requirement } from '../../core/service';
import { groupToChange, invalid } from '../groups';
import { stateOf } from '../otherServices';
import { pageOf } from '../paging';
import { groupRequirement, onEverything } from '../requirements';
import { shownTags } from '../shown';

const maxTags = 50;

const requirementsOf =
  (action: string) =>
  ({ Tags: tags = [] }: { readonly Tags?: Tag[] | undefined }, region: Region): Requirement[] => {
    const requested = Object.fromEntries(
      tags.map(({ Key, Value }) => [`aws:requesttag/${(Key ?? '').toLowerCase()}`, Value ?? '']),
    );
    return [...new Set(tags.map(({ ResourceId }) => ResourceId))].map((name) => {
      const requirement = groupRequirement(region, action, name);
      const context = {
        ...requirement.context,
        ...requested,
        'aws:tagkeys': tags.map(({ Key }) => Key ?? ''),
      };
      return { ...requirement, context };
    });
  };

export const createOrUpdateTags: Action<CreateOrUpdateTagsCommandInput, object> = {
  requires: requirementsOf('CreateOrUpdateTags'),
  run(input, region, caller) {
    for (const { ResourceId, Key = '', Value = '', PropagateAtLaunch } of input.Tags ?? []) {
      const group = groupToChange(region, ResourceId, caller);
      if (Key.toLowerCase().startsWith('aws:'))
        throw invalid('aws: prefixed tag key names are not allowed for external use.');
      const others = group.tags.filter((tag) => tag.key !== Key);
      if (others.length >= maxTags)
        throw new AwsError('LimitExceeded', `A group can have at most ${maxTags} tags.`);
      group.tags = [...others, { key: Key, value: Value, propagate: PropagateAtLaunch ?? false }];
    }
    return {};
  },
};

export const deleteTags: Action<DeleteTagsCommandInput, object> = {
  requires: requirementsOf('DeleteTags'),
  run(input, region, caller) {
    for (const { ResourceId, Key } of input.Tags ?? []) {
      const group = groupToChange(region, ResourceId, caller);
      group.tags = group.tags.filter((tag) => tag.key !== Key);
    }
    return {};
  },
};

const passes = (tag: TagDescription, { Name: name, Values: values = [] }: Filter): boolean => {
  const fields: Record<string, string> = {
    'auto-scaling-group': tag.ResourceId ?? '',
    key: tag.Key ?? '',
    value: tag.Value ?? '',
    'propagate-at-launch': String(tag.PropagateAtLaunch),
  };
  const field = fields[name ?? ''];
  if (field === undefined) throw invalid(`Filter type ${name ?? ''} is not correct.`);
  return values.includes(field);
};

export const describeTags: Action<DescribeTagsCommandInput, Omit<DescribeTagsCommandOutput, '$metadata'>> = {
  requires: onEverything('DescribeTags'),
  run(input, region) {
    const tags = Object.values(stateOf(region).groups).flatMap(shownTags);
    const found = tags.filter((tag) => (input.Filters ?? []).every((filter) => passes(tag, filter)));
    const { page, ...next } = pageOf(found, input, 50);
    return { Tags: page, ...next };
  },
};
