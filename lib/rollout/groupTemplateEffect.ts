import { type AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effect';
import { defineEffect, type EffectRepair, repairOf } from '../engine/effectKind';
import type { LaunchTemplateRef } from '../engine/record';
import { aws, json } from '../engine/repairCommand';
import { asBefore, changedExternally, left, repairSite, type Settled, undone } from '../engine/settled';
import { describeGroup, type Group } from '../fleet/group';
import { launchSource, type LaunchTemplateSource, withPolicy } from './launchSource';

/** The launch template version that the group launches from. */
export interface GroupTemplateShape {
  readonly kind: 'group-launch-template';
  /** The group. */
  readonly target: string;
  /** Absent if the group had none. */
  readonly before: LaunchTemplateSource | undefined;
  readonly wrote: LaunchTemplateRef;
  readonly result: undefined;
}

export const groupTemplateEffect = defineEffect<GroupTemplateShape>('group-launch-template');

export const groupTemplateRepair: EffectRepair<GroupTemplateShape> = {
  of: groupTemplateEffect,
  scope: 'release',
  repair: ({ before }, { region, record: { group } }) =>
    before
      ? aws({ region }, 'autoscaling update-auto-scaling-group', {
          '--cli-input-json': json({ AutoScalingGroupName: group, ...launchSource(before, before) }),
        })
      : { lookAt: `Group ${group} had no launch template before: give it the one that it is to use.` },
};

export const isAt = (
  group: Pick<Group, 'launchTemplate'>,
  template: LaunchTemplateRef | undefined,
): boolean =>
  template !== undefined &&
  group.launchTemplate?.id === template.id &&
  group.launchTemplate.version === template.version;

const write = async (
  autoScaling: AutoScalingClient,
  group: Group,
  template: LaunchTemplateRef,
): Promise<undefined> => {
  await autoScaling.send(
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group.name, ...launchSource(group, template) }),
  );
};

/** Everything that is launched from now on comes from the new version. */
export const setGroupTemplate = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Group,
  template: LaunchTemplateRef,
): Promise<void> => {
  const { launchTemplate: former } = group;
  const before = former && withPolicy({ id: former.id, version: former.version }, group);
  await context.change(groupTemplateEffect, { target: group.name, before, wrote: template }, () =>
    write(autoScaling, group, template),
  );
};

/**
 * Writes like {@link setGroupTemplate}, but notes no effect: this goes back to a former template, which is not undone.
 */
export const giveTemplate = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Group,
  template: LaunchTemplateRef,
): Promise<void> => {
  await context.guard();
  await write(autoScaling, group, template);
};

/** Puts back the group's launch template version, if it still is the one that the deployment gave it. */
export const putBackTemplate = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect<GroupTemplateShape>,
): Promise<Settled> => {
  const { before, wrote } = effect;
  const group = await describeGroup(autoScaling, context.record.group);
  if (isAt(group, before)) return asBefore(effect);
  if (!isAt(group, wrote))
    return changedExternally(
      `Group ${group.name} uses version ${group.launchTemplate?.version ?? 'none'} of launch template ${group.launchTemplate?.id ?? 'none'}, which somebody else gave it since.`,
    );
  if (!before)
    return left('It could not be put back.', repairOf(groupTemplateRepair, effect, repairSite(context)));
  await giveTemplate(context, autoScaling, group, before);
  return undone;
};
