import type { StepContext } from './context';
import type { Effect, EffectShape } from './effect';
import type { EffectKind, EffectRepair } from './effectKind';
import { type Settled, settleBy } from './settled';

/** How an act of the compensation ended. What went well is not reported. */
export interface ActEnd {
  /** Resource keys to wait for before the phase goes on; see lib/engine/waiting/waitingStep.ts. */
  readonly waitFor?: readonly string[];
  readonly expectedSeconds?: number;
  /** Something could not be put back. */
  readonly left?: boolean;
}

/** One part of a phase of the compensation. It picks its effects among the open ones and settles them. */
export type CompensationAct = (context: StepContext, open: readonly Effect[]) => Promise<ActEnd>;

/** The acts of a wave run in parallel, the waves one after the other. */
export type Waves = readonly (readonly CompensationAct[])[];

/** Undoes one effect. @returns undefined while the result is not known yet. */
type Undo<Shape extends EffectShape> = (
  context: StepContext,
  effect: Effect<Shape>,
) => Promise<Settled | undefined>;

/** Delay before an undo whose result is not known yet is tried again. */
const againSeconds = 5;

/** All effects of a kind at once, with a function that settles them itself. */
export const allOfKind =
  <Shape extends EffectShape>(
    kind: EffectKind<Shape>,
    act: (context: StepContext, effects: readonly Effect<Shape>[]) => Promise<ActEnd>,
  ): CompensationAct =>
  (context, open) =>
    act(
      context,
      open.filter((effect) => kind.is(effect)),
    );

/** The effects of a kind one after the other, the oldest first. Stops at the first whose result is not known yet. */
export const oneByOne = <Shape extends EffectShape>(
  definition: EffectRepair<Shape>,
  undo: Undo<Shape>,
): CompensationAct =>
  allOfKind(definition.of, async (context, effects) => {
    let left = false;
    for (const effect of effects) {
      const settled = await settleBy(context, definition, effect, () => undo(context, effect));
      if (!settled) return { waitFor: [], expectedSeconds: againSeconds };
      left ||= settled.state === 'left';
    }
    return { left };
  });

/** The effects of a kind, the latest first: each undo puts back what its own change found. */
export const latestFirst = <Shape extends EffectShape>(
  definition: EffectRepair<Shape>,
  undo: Undo<Shape>,
): CompensationAct => {
  const act = oneByOne(definition, undo);
  return (context, open) => act(context, [...open].reverse());
};

/** All effects of a kind in parallel. */
export const together = <Shape extends EffectShape>(
  definition: EffectRepair<Shape>,
  undo: Undo<Shape>,
): CompensationAct =>
  allOfKind(definition.of, async (context, effects) => {
    const settled = await Promise.all(
      effects.map((effect) => settleBy(context, definition, effect, () => undo(context, effect))),
    );
    return { left: settled.some((one) => one?.state === 'left') };
  });

/**
 * Runs the waves one after the other. Stops after a wave that has something to wait for or, with `stopAtLeft`, that
 * left something.
 */
export const runWaves = async (
  waves: Waves,
  context: StepContext,
  open: readonly Effect[],
  { stopAtLeft = false } = {},
): Promise<{ readonly waitFor: readonly string[]; readonly expectedSeconds?: number } | undefined> => {
  for (const wave of waves) {
    const ends = await Promise.all(wave.map((act) => act(context, open)));
    const waiting = ends.filter(({ waitFor }) => waitFor !== undefined);
    if (waiting.length > 0) {
      const seconds = waiting.flatMap(({ expectedSeconds = [] }) => expectedSeconds);
      return {
        waitFor: waiting.flatMap(({ waitFor = [] }) => waitFor),
        ...(seconds.length > 0 && { expectedSeconds: Math.min(...seconds) }),
      };
    }
    if (stopAtLeft && ends.some(({ left }) => left === true)) return undefined;
  }
  return undefined;
};
