import { type AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effect';
import { defineEffect, type EffectRepair } from '../engine/effectKind';
import { aws, data } from '../engine/repairCommand';
import { asBefore, changedExternally, type Settled, undone } from '../engine/settled';
import { describeGroup, type Group } from './group';

type Bound = 'MinSize' | 'MaxSize';

/** The group's minimum or maximum. */
export interface SizeShape {
  readonly kind: 'group-size';
  readonly target: `${string} ${Bound}`;
  readonly before: number;
  readonly wrote: number;
  readonly result: undefined;
}

/** The targets of the effects by which a deployment changes its group's minimum and maximum. */
export const minimumOf = (group: string): `${string} MinSize` => `${group} MinSize`;
export const maximumOf = (group: string): `${string} MaxSize` => `${group} MaxSize`;

const boundOf = ({ target }: { readonly target: string }): Bound =>
  target.endsWith(' MinSize') ? 'MinSize' : 'MaxSize';

export const sizeEffect = defineEffect<SizeShape>('group-size');

export const sizeRepair: EffectRepair<SizeShape> = {
  of: sizeEffect,
  scope: 'work',
  repair: (effect, { region, record: { group } }) =>
    aws({ region }, 'autoscaling update-auto-scaling-group', {
      '--auto-scaling-group-name': data(group),
      [boundOf(effect) === 'MinSize' ? '--min-size' : '--max-size']: data(effect.before),
    }),
};

const setSize = async (
  autoScaling: AutoScalingClient,
  group: string,
  bound: Bound,
  size: number,
): Promise<undefined> => {
  await autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group, [bound]: size }));
};

/** Lowers the minimum by one, if the group would fall below it when an instance is taken out. */
export const makeRoomBelow = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  { name, min, desired }: Pick<Group, 'name' | 'min' | 'desired'>,
): Promise<void> => {
  if (desired > min || min === 0) return;
  await context.change(sizeEffect, { target: minimumOf(name), before: min, wrote: min - 1 }, ({ wrote }) =>
    setSize(autoScaling, name, 'MinSize', wrote),
  );
};

/** Raises the maximum if a surge needs more. */
export const raiseMaximum = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  { name, max }: Pick<Group, 'name' | 'max'>,
  needed: number,
): Promise<void> => {
  if (max >= needed) return;
  await context.change(sizeEffect, { target: maximumOf(name), before: max, wrote: needed }, () =>
    setSize(autoScaling, name, 'MaxSize', needed),
  );
};

/** Puts the minimum or maximum back if it is still what we wrote. */
export const putBackSize = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect<SizeShape>,
): Promise<Settled> => {
  const { group: name } = context.record;
  const bound = boundOf(effect);
  const group = await describeGroup(autoScaling, name);
  const now = bound === 'MinSize' ? group.min : group.max;
  if (now === effect.before) return asBefore(effect);
  if (now !== effect.wrote)
    return changedExternally(
      `${bound} of group ${name} is ${String(now)}; we had set it from ${String(effect.before)} to ${String(effect.wrote)}, somebody else has changed it since.`,
    );
  await context.guard();
  await setSize(autoScaling, name, bound, effect.before);
  return undone;
};
