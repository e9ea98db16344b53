import { randomUUID } from 'node:crypto';
import { readEnvironment, type Environment } from './environment';

/** What a function needs besides its clients. Tests pass their own. */
export interface World {
  readonly environment: Environment;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly newId: () => string;
}

export const production = (variables: Readonly<Record<string, string | undefined>>): World => ({
  environment: readEnvironment(variables),
  clock: () => Date.now(),
  newId: () => randomUUID(),
});
