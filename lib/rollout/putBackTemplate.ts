import { type AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { describeGroup, type Group } from '../fleet/group';
import { launchSource } from './launchSource';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effects';
import type { LaunchTemplateRef } from '../engine/record';
import { asBefore, changedExternally, type Settled, undone } from '../engine/settled';

export const isAt = (
  group: Pick<Group, 'launchTemplate'>,
  template: LaunchTemplateRef | undefined,
): boolean =>
  template !== undefined &&
  group.launchTemplate?.id === template.id &&
  group.launchTemplate.version === template.version;

export const giveTemplate = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Group,
  template: LaunchTemplateRef,
): Promise<void> => {
  await context.guard();
  await autoScaling.send(
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group.name, ...launchSource(group, template) }),
  );
};

/** The group's launch template version, put back where it is still the one that we gave it. */
export const putBackTemplate = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect,
): Promise<Settled> => {
  const before = effect.before as LaunchTemplateRef;
  const group = await describeGroup(autoScaling, context.record.group);
  if (isAt(group, before)) return asBefore(effect);
  if (!isAt(group, effect.wrote as LaunchTemplateRef))
    return changedExternally(
      `Group ${group.name} uses version ${group.launchTemplate?.version ?? 'none'} of launch template ${group.launchTemplate?.id ?? 'none'}, which somebody else gave it since.`,
    );
  await giveTemplate(context, autoScaling, group, before);
  return undone;
};
