import type { Checks } from '../checks';
import type { World } from '../world';
import { tagEvent } from './tagEvent';

export interface Scenario {
  readonly title: string;
  readonly run: (world: World, checks: Checks) => Promise<void>;
}

/** In their order: later ones find what earlier ones left. */
export const scenarios: readonly Scenario[] = [tagEvent];
