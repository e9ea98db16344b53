import type { RolloutStrategy, Strategy } from '../application/schema';
import type { Check } from '../deployment/preflight/check';
import type { ScalingChange } from '../scaling/diff';
import type { PlannedCall } from './calls';
import type { Cost } from './cost';
import type { Estimate } from './duration';
import type { FieldChange } from '../fleet/fields';
import type { Prices } from './prices';

export interface PlannedStep {
  readonly state: string;
  /** On how many instances it works, in words. */
  readonly instances?: string;
  /** Mutating calls to the fleet and what belongs to it. */
  readonly calls: readonly PlannedCall[];
  /** About; absent for states that take a moment. */
  readonly seconds?: number;
}

export interface PlannedScaling extends Pick<ScalingChange, 'kind' | 'change' | 'name'> {
  readonly fields: readonly FieldChange[];
}

/** What a deployment would find, change, take and cost. */
export interface DeploymentPlan {
  readonly application: string;
  readonly version: string;
  readonly group: string;
  readonly settingsVersion: number;
  readonly strategy: Strategy;
  readonly rollout: RolloutStrategy;
  /** Every check passes: a deployment would not be refused now. */
  readonly ready: boolean;
  readonly checks: readonly Check[];
  readonly launchTemplate?: {
    readonly id: string;
    readonly name: string;
    /** The version that the group uses; a new one is made of it. */
    readonly from: string;
    readonly fields: readonly FieldChange[];
  };
  readonly scaling: readonly PlannedScaling[];
  /** States in their order, if all goes well. */
  readonly steps: readonly PlannedStep[];
  readonly instances: { readonly inService: number; readonly extra: number };
  readonly transitions: number;
  readonly duration: Omit<Estimate, 'stateSeconds'>;
  readonly cost: Cost & { readonly prices: Prices; readonly source: string };
}
