import type {
  PutCompositeAlarmCommandInput,
  PutCompositeAlarmCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import type { Action } from '../../core/service';
import { alarmArn } from '../alarms';
import type { Answer } from '../answer';
import { putCompositeIn } from '../composite/put';

/** IAM judges it on all alarms: a role that is limited to some names may not make any (API reference). */
export const putCompositeAlarm: Action<
  PutCompositeAlarmCommandInput,
  Answer<PutCompositeAlarmCommandOutput>
> = {
  requires: (input, region) => [
    { action: 'cloudwatch:PutCompositeAlarm', resource: alarmArn(region, '*') },
    ...(input.Tags?.length
      ? [{ action: 'cloudwatch:TagResource', resource: alarmArn(region, input.AlarmName ?? '') }]
      : []),
  ],
  run: (input, region) => {
    putCompositeIn(region, input);
    return {} satisfies Answer<PutCompositeAlarmCommandOutput>;
  },
};
