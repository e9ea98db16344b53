import type { Region } from '../../core/service';
import type { Group, Refresh } from '../state';

export type RefreshEvent =
  | 'Started'
  | 'Checkpoint Reached'
  | 'Started Baking'
  | 'Succeeded'
  | 'Failed'
  | 'Cancelled'
  | 'Rollback Started'
  | 'Rollback Succeeded'
  | 'Rollback Failed';

export const publishRefresh = (
  region: Region,
  group: Group,
  refresh: Refresh,
  event: RefreshEvent,
  more: Readonly<Record<string, unknown>> = {},
): void =>
  region.publish({
    source: 'aws.autoscaling',
    detailType: `EC2 Auto Scaling Instance Refresh ${event}`,
    resources: [group.arn],
    detail: { InstanceRefreshId: refresh.id, AutoScalingGroupName: group.name, ...more },
  });
