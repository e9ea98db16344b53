import type { Checks } from '../checks';
import type { World } from '../world';
import { closed } from './closed';
import { swap } from './swap';
import { webhook } from './webhook';

export interface Scenario {
  readonly title: string;
  readonly run: (world: World, checks: Checks) => Promise<void>;
}

/** In their order: later ones find what earlier ones left. */
export const scenarios: readonly Scenario[] = [swap, webhook, closed];
