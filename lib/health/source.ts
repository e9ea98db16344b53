import type { ClientClass } from '../aws/connect';
import type { Names } from '../aws/stackNames';

/** A function as the stack defines it. */
export interface Defined {
  readonly name: string;
  /** Whether it is given some of the account's concurrency for itself. */
  readonly reserves: boolean;
}

/** What it reads with; the command and the function of the stack hand in their own. */
export interface HealthSource {
  readonly region: string;
  readonly stage: string;
  readonly names: Names;
  /** Of Forseti, of whoever looks. */
  readonly version: string;
  /** What the stack should have, by `serverless.yml`. */
  readonly defined: readonly Defined[];
  /** @param region its own, unless another is named */
  readonly connect: <Client>(Class: ClientClass<Client>, region?: string) => Client;
  /** Epoch milliseconds. */
  readonly now: () => number;
}
