import { isTransient, messageOf, nameOf } from '../aws/failure';
import type { StepContext } from './context';
import type { Core } from './core';
import type { Effect } from './effects';
import { LockLost, TransientError } from './errors';
import { repairCommandOf } from '../deployment/compensation/mend';

/** How the undoing of one effect ended. */
export interface Settled {
  readonly state: 'undone' | 'void' | 'foreign' | 'left';
  readonly note?: string;
  readonly mend?: string;
}

export const undone: Settled = { state: 'undone' };
export const never: Settled = { state: 'void' };
export const changedExternally = (note: string): Settled => ({ state: 'foreign', note });

/** It is as it was before: somebody put it back, or (where only the intent is known) it never happened. */
export const asBefore = (effect: Effect): Settled => (effect.state === 'intended' ? never : undone);

export const settleAs = async (
  core: Pick<Core, 'effects'>,
  effect: Effect,
  settled: Settled,
): Promise<void> => {
  const { state, ...told } = settled;
  await core.effects.settle(effect, state, told);
};

/**
 * Undoes one effect and notes how that ended. A failure for good is noted as `left` with the command that mends it, so
 * that one effect does not keep the others from being undone; passing trouble is thrown, so that the machine tries again.
 * @throws TransientError, LockLost
 */
export const settleBy = async (
  context: StepContext,
  effect: Effect,
  undo: () => Promise<Settled | undefined>,
): Promise<Settled | undefined> => {
  const settled = await undo().catch((error: unknown): Settled => {
    if (isTransient(error) || error instanceof TransientError || error instanceof LockLost) throw error;
    return {
      state: 'left',
      note: `Could not be put back: ${nameOf(error)}: ${messageOf(error)}`,
      mend: repairCommandOf(effect, context.record),
    };
  });
  if (settled) await settleAs(context.core, effect, settled);
  return settled;
};
