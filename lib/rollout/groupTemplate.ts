import { type AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import type { LaunchTemplateRef } from '../engine/record';
import type { Group } from '../fleet/group';
import { launchSource, withPolicy } from './launchSource';

/** Everything that is launched from now on comes from the new version. */
export const setGroupTemplate = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Group,
  template: LaunchTemplateRef,
): Promise<void> => {
  const { launchTemplate: found } = group;
  const before = found && withPolicy({ id: found.id, version: found.version }, group);
  await context.change(
    { kind: 'group-launch-template', target: group.name, before, wrote: template },
    async () => {
      await autoScaling.send(
        new UpdateAutoScalingGroupCommand({
          AutoScalingGroupName: group.name,
          ...launchSource(group, template),
        }),
      );
    },
  );
};
