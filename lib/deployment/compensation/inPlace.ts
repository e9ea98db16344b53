import { imageFrom } from '../../engine/imageFrom';
import type { StepContext } from '../../engine/context';
import type { Effect } from '../../engine/effect';
import { commandEffect } from '../../provisioning/commandEffect';

/**
 * Whether commands ran (or may have run) on the serving fleet. If so, the launch template does not say what its
 * instances run.
 */
export const provisionedInPlace = (
  { record }: Pick<StepContext, 'record'>,
  effects: readonly Effect[],
): boolean =>
  record.kind === 'deployment' &&
  imageFrom(record) === 'fleet' &&
  effects.some((effect) => commandEffect.is(effect) && effect.state !== 'void');
