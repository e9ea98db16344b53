import { type AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../deployment/context';
import type { LaunchTemplateRef } from '../deployment/record';
import type { Group } from '../fleet/group';
import { launchSource } from './launchSource';

/** Everything that is launched from now on comes from the new version. */
export const setGroupTemplate = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Group,
  template: LaunchTemplateRef,
): Promise<void> => {
  const before = group.launchTemplate && {
    id: group.launchTemplate.id,
    version: group.launchTemplate.version,
  };
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
