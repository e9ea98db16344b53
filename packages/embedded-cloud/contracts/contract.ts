/** What is promised of a service, and what it is held on. */
import type { Foreign, ServiceName } from './names';
import type { World } from './world';

/** An emulator does otherwise, and AWS's documentation sides with the contract. */
export interface Difference {
  /** The action whose answer differs. */
  readonly at: string;
  readonly does: string;
  /** Where AWS says what is right. */
  readonly source: string;
}

export interface Contract {
  readonly service: ServiceName;
  /** A sentence: what holds. */
  readonly holds: string;
  /** Calls, and what they are answered with: see {@link World.see}. */
  readonly run: (world: World) => Promise<void>;
  /** Asserted: should the host come to agree, the run fails and says so. */
  readonly differs?: Partial<Record<Foreign, Difference>>;
  /** Where it cannot be tried, and why. */
  readonly notOn?: Partial<Record<Foreign, string>>;
}

/** The part of a contract that says that one host does otherwise. */
export const differs = (
  host: Foreign,
  at: string,
  does: string,
  source: string,
): Pick<Contract, 'differs'> => ({ differs: { [host]: { at, does, source } } });
