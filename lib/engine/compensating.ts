import type { StepContext } from './context';
import type { Effect, EffectShape } from './effect';
import type { EffectKind, EffectRepair } from './effectKind';
import { type Settled, settleBy } from './settled';

/** How an act of the compensation ended; nothing is said of what went well. */
export interface ActEnd {
  /** Resource keys to wait for before the phase goes on; see lib/engine/waiting/waitingStep.ts. */
  readonly waitFor?: readonly string[];
  readonly expectedSeconds?: number;
  /** Something of it could not be put back. */
  readonly left?: boolean;
}

/** One part of a phase of the compensation: it picks its own among the open effects, and settles them. */
export type CompensationAct = (context: StepContext, open: readonly Effect[]) => Promise<ActEnd>;

/** The acts of a wave run side by side, the waves one after the other. */
export type Waves = readonly (readonly CompensationAct[])[];

/** How one effect is undone. @returns undefined as long as it cannot be told. */
type Undo<Shape extends EffectShape> = (
  context: StepContext,
  effect: Effect<Shape>,
) => Promise<Settled | undefined>;

/** What cannot be told yet is looked at again after that time. */
const againSeconds = 5;

/** All effects of a kind at once, by a function that settles them itself. */
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

/** One effect of a kind after the other, the oldest first; stops at the first that cannot be told yet. */
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

/** The latest first: each puts back what it found. */
export const latestFirst = <Shape extends EffectShape>(
  definition: EffectRepair<Shape>,
  undo: Undo<Shape>,
): CompensationAct => {
  const act = oneByOne(definition, undo);
  return (context, open) => act(context, [...open].reverse());
};

/** All effects of a kind side by side. */
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

/** Runs wave after wave; after the first that has something to wait for, or (if asked) left something, no other. */
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
