/** Contracts: what a service must do, and the hosts on which that is checked. */
import type { Foreign, ServiceName } from './names';
import type { World } from './world';

/** An emulator behaves otherwise, and AWS's documentation agrees with the contract. */
export interface Difference {
  /** The action whose answer differs. */
  readonly at: string;
  readonly does: string;
  /** AWS's page with the correct behaviour. */
  readonly source: string;
}

export interface Contract {
  readonly service: ServiceName;
  /** What must hold, as a sentence. */
  readonly holds: string;
  /** Makes the calls and checks their answers: see {@link World.see}. */
  readonly run: (world: World) => Promise<void>;
  /** Known differences. The run fails if a host agrees with the contract after all. */
  readonly differs?: Partial<Record<Foreign, Difference>>;
  /** Hosts on which it cannot be tried, and why. */
  readonly notOn?: Partial<Record<Foreign, string>>;
}

/** Makes the contracts of one service. */
export const contractsOf =
  (service: Contract['service']) =>
  (holds: string, run: Contract['run'], more: Partial<Contract> = {}): Contract => ({
    service,
    holds,
    run,
    ...more,
  });

/** The part of a contract for a host that behaves otherwise. */
export const differs = (
  host: Foreign,
  at: string,
  does: string,
  source: string,
): Pick<Contract, 'differs'> => ({ differs: { [host]: { at, does, source } } });
