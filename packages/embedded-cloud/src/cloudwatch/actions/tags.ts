import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import type { Action, Region } from '../../core/service';
import { AwsError } from '../../core/errors';
import { stateOf } from '../alarms';
import type { Answer } from '../answer';
import { compositeAlarmsOf } from '../composite/store';
import type { AnyAlarm } from '../state';

const find = (region: Region, arn = ''): AnyAlarm => {
  const alarm = [...Object.values(stateOf(region).alarms), ...compositeAlarmsOf(region)].find(
    (one) => one.arn === arn,
  );
  if (!alarm) throw new AwsError('ResourceNotFoundException', `Unknown resource ${arn}`, { statusCode: 404 });
  return alarm;
};

const on = (action: string, arn: string | undefined) => [
  { action: `cloudwatch:${action}`, resource: arn ?? '*' },
];

export const tagResource: Action<TagResourceCommandInput, Answer<TagResourceCommandOutput>> = {
  requires: (input) => on('TagResource', input.ResourceARN),
  run: (input, region) => {
    const alarm = find(region, input.ResourceARN);
    for (const { Key, Value } of input.Tags ?? []) alarm.tags[Key ?? ''] = Value ?? '';
    return {} satisfies Answer<TagResourceCommandOutput>;
  },
};

export const untagResource: Action<UntagResourceCommandInput, Answer<UntagResourceCommandOutput>> = {
  requires: (input) => on('UntagResource', input.ResourceARN),
  run: (input, region) => {
    const alarm = find(region, input.ResourceARN);
    for (const key of input.TagKeys ?? []) Reflect.deleteProperty(alarm.tags, key);
    return {} satisfies Answer<UntagResourceCommandOutput>;
  },
};

export const listTagsForResource: Action<
  ListTagsForResourceCommandInput,
  Answer<ListTagsForResourceCommandOutput>
> = {
  requires: (input) => on('ListTagsForResource', input.ResourceARN),
  run: (input, region) =>
    ({
      Tags: Object.entries(find(region, input.ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })),
    }) satisfies Answer<ListTagsForResourceCommandOutput>,
};
