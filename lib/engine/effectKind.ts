import type { Effect, EffectShape } from './effect';
import type { DeploymentRecord } from './record';
import { type Recorded, type RepairCommand, recorded } from './repairCommand';

/**
 * What a kind changes. It decides how the effect is handled if the deployment does not end by itself:
 * `work`: for the time of the deployment only; always put back.
 * `release`: what the fleet is to become; a rollback that can only go forward keeps it.
 * `instances`: what instances run; a rollback that has halted the deployment takes it over.
 * `artifact`: made, and used by nothing yet; retained for a while, so that the deployment can be resumed.
 */
export type EffectScope = 'work' | 'release' | 'instances' | 'artifact';

/** What a repair command may use besides its effect. */
export interface RepairSite {
  readonly region: string;
  readonly record: Pick<
    DeploymentRecord,
    'deployment' | 'application' | 'version' | 'group' | 'baseline' | 'settings' | 'fleetSize'
  >;
}

/**
 * How a person repairs what could not be put back: a command or, if none can be given, a sentence that says what to
 * check.
 */
export type Repair = RepairCommand | { readonly lookAt: string };

/** A kind of effect, as the journal knows it. */
export interface EffectKind<Shape extends EffectShape = EffectShape> {
  readonly kind: Shape['kind'];
  /** Only {@link StepContext.change} of this kind writes effects of its name, so the name determines the payload's type. */
  is(effect: Effect): effect is Effect<Shape>;
}

/**
 * How a person repairs effects of a kind. A plain object apart from the kind, so that steps that only make such effects
 * do not bundle it.
 */
export interface EffectRepair<Shape extends EffectShape> {
  readonly of: EffectKind<Shape>;
  readonly scope: EffectScope;
  /** An effect that is only `intended` may have happened or not: then the command must do no harm. */
  readonly repair: (effect: Recorded<Effect<Shape>>, site: Recorded<RepairSite>) => Repair;
}

/**
 * Defines a kind of effect. It belongs in a module of its own, beside the step that makes it, with its {@link
 * EffectRepair} and the functions that undo it.
 */
export const defineEffect = <Shape extends EffectShape>(kind: Shape['kind']): EffectKind<Shape> => ({
  kind,
  is: (effect): effect is Effect<Shape> => effect.kind === kind,
});

export const repairOf = <Shape extends EffectShape>(
  { repair }: EffectRepair<Shape>,
  effect: Effect<Shape>,
  site: RepairSite,
): Repair => repair(recorded(effect), recorded(site));

/** A kind of effect as the compensation knows it, whatever its payloads. */
export interface RepairableKind extends EffectKind {
  readonly scope: EffectScope;
  repairOf(effect: Effect, site: RepairSite): Repair;
}

export const repairable = <Shape extends EffectShape>(definition: EffectRepair<Shape>): RepairableKind => ({
  ...definition.of,
  scope: definition.scope,
  repairOf: (effect, site) =>
    definition.of.is(effect) ? repairOf(definition, effect, site) : unknownKind(effect),
});

/** For an effect of a kind that this version of Forseti does not know. */
export const unknownKind = ({ kind, target, step }: Pick<Effect, 'kind' | 'target' | 'step'>): Repair => ({
  lookAt: `Look at ${target}: ${step} has changed it (${kind}).`,
});
