import type { Checks } from '../checks';
import type { World } from '../world';
import { accounts } from './accounts';
import { ansibleForReal } from './ansible';
import { closed } from './closed';
import { machines } from './machines';
import { swap } from './swap';
import { template } from './template';
import { webhook } from './webhook';

export interface Scenario {
  /** The name by which a run can be limited to it. */
  readonly name: string;
  readonly title: string;
  readonly run: (world: World, checks: Checks) => Promise<void>;
}

/** In their order: later ones need what earlier ones left. */
export const scenarios: readonly Scenario[] = [
  template,
  machines,
  swap,
  webhook,
  ansibleForReal,
  closed,
  accounts,
];
