import type { Cloud, CloudState } from '../cloud/cloud';

/** Makes the clouds of a state file: with a stack and a description, or with something smaller in a test. */
export interface CloudFactory {
  /** A hash of all sources of the functions. */
  readonly buildHash: string;
  /** The command that makes a new cloud, for error messages: `my-tool reset`. */
  readonly resetCommand: string;
  /** A new cloud with the template installed. If the description is undefined, the default one is used. */
  make(description: unknown, seed: number): Promise<Cloud>;
  /**
   * A saved cloud, with its code loaded. `isOtherBuild`: the state was saved by another build, and the template must
   * be installed again.
   */
  restore(state: CloudState, isOtherBuild: boolean): Promise<Cloud>;
}
