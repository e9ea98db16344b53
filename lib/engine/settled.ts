import { messageOf, mustPass, nameOf } from '../aws/failure';
import type { StepContext } from './context';
import type { Core } from './core';
import type { Effect, EffectShape } from './effect';
import { type EffectRepair, type Repair, repairOf, type RepairSite } from './effectKind';

/** How the undoing of one effect ended. */
export interface Settled {
  readonly state: 'undone' | 'void' | 'foreign' | 'left';
  readonly note?: string;
  readonly mend?: string;
}

export const undone: Settled = { state: 'undone' };
export const never: Settled = { state: 'void' };
export const changedExternally = (note: string): Settled => ({ state: 'foreign', note });

/** The value is as it was before: it was put back already or, if only the intent is known, never changed. */
export const asBefore = (effect: Effect): Settled => (effect.state === 'intended' ? never : undone);

export const repairSite = ({ core, record }: Pick<StepContext, 'core' | 'record'>): RepairSite => ({
  region: core.environment.region,
  record,
});

/** What could not be put back: why, and how a person repairs it. */
export const left = (note: string, repair: Repair): Settled =>
  typeof repair === 'object'
    ? { state: 'left', note: `${note} ${repair.lookAt}` }
    : { state: 'left', note, mend: repair };

export const settleAs = async (
  core: Pick<Core, 'effects'>,
  effect: Effect,
  settled: Settled,
): Promise<void> => {
  const { state, ...notes } = settled;
  await core.effects.settle(effect, state, notes);
};

/**
 * Undoes one effect and notes how that ended. A permanent failure is noted as `left` with its repair command, so that
 * one effect does not keep the others from being undone. Two kinds of errors are thrown: transient errors of AWS, so
 * that the machine tries again, and errors that say that this execution may not go on.
 */
export const settleBy = async <Shape extends EffectShape>(
  context: StepContext,
  definition: EffectRepair<Shape>,
  effect: Effect<Shape>,
  undo: () => Promise<Settled | undefined>,
): Promise<Settled | undefined> => {
  const settled = await undo().catch(async (error: unknown): Promise<Settled> => {
    if (mustPass(error)) throw error;
    // Read again, since the undo may have noted its progress.
    const now = await context.core.effects.find(effect.deployment, definition.of, effect.target);
    return left(
      `Could not be put back: ${nameOf(error)}: ${messageOf(error)}`,
      repairOf(definition, now ?? effect, repairSite(context)),
    );
  });
  if (settled) await settleAs(context.core, effect, settled);
  return settled;
};
