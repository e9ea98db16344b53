import type { Effect, EffectShape } from './effect';
import type { DeploymentRecord } from './record';
import { type Recorded, type RepairCommand, recorded } from './repairCommand';

/**
 * What a kind changes, and so who answers for it where a deployment does not end by itself:
 * `work`: for the time of the deployment only; always put back.
 * `release`: what the fleet is to become; a rollback that can only go forward keeps it.
 * `instances`: what instances run; a rollback that has halted the deployment takes it over.
 * `artifact`: made, and used by nothing yet; kept for a while, so that the deployment can be resumed.
 */
export type EffectScope = 'work' | 'release' | 'instances' | 'artifact';

/** All that a repair command may go by beside its effect. */
export interface RepairSite {
  readonly region: string;
  readonly record: Pick<
    DeploymentRecord,
    'deployment' | 'application' | 'version' | 'group' | 'baseline' | 'settings'
  >;
}

/** How a person repairs what could not be put back: a command, or in a sentence what to look at where none can be given. */
export type Repair = RepairCommand | { readonly lookAt: string };

interface EffectDefinition<Shape extends EffectShape> {
  readonly kind: Shape['kind'];
  readonly scope: EffectScope;
  /** It may have happened or not where the effect is only `intended`: the command must do no harm then. */
  readonly repair: (effect: Recorded<Effect<Shape>>, site: Recorded<RepairSite>) => Repair;
}

/** A kind of effect, as the journal and the compensation know it. */
export interface EffectKind<Shape extends EffectShape = EffectShape> {
  readonly kind: Shape['kind'];
  readonly scope: EffectScope;
  /** Only {@link StepContext.change} of this kind writes effects of its name, so the name tells the payload. */
  is(effect: Effect): effect is Effect<Shape>;
  repairOf(effect: Effect, site: RepairSite): Repair;
}

/**
 * Defines a kind of effect. It stands in a module of its own, beside the step that makes it, with the functions that
 * undo it; lib/deployment/compensation/registry.ts lists it.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineEffect<Shape extends EffectShape>({
  kind,
  scope,
  repair,
}: EffectDefinition<Shape>): EffectKind<Shape> {
  const is = (effect: Effect): effect is Effect<Shape> => effect.kind === kind;
  return {
    kind,
    scope,
    is,
    repairOf: (effect, site) => (is(effect) ? repair(recorded(effect), recorded(site)) : unknownKind(effect)),
  };
}

/** For an effect of a kind that this version of Forseti does not know. */
export const unknownKind = ({ kind, target, step }: Pick<Effect, 'kind' | 'target' | 'step'>): Repair => ({
  lookAt: `Look at ${target}: ${step} has changed it (${kind}).`,
});
