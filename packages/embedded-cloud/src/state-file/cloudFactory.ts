import type { Cloud, CloudState } from '../cloud/cloud';

/** How the clouds of a state file are made: with a stack and a description, or with something smaller in a test. */
export interface CloudFactory {
  /** Of all that the functions are compiled from. */
  readonly buildHash: string;
  /** The command that makes a new cloud, for advice in errors: `my-tool reset`. */
  readonly resetCommand: string;
  /** A new cloud from a description (the default one where undefined), with the template installed. */
  make(description: unknown, seed: number): Promise<Cloud>;
  /**
   * A saved cloud, with its code loaded. `isOtherBuild`: the state was saved by another build, and the template must
   * be installed again.
   */
  restore(state: CloudState, isOtherBuild: boolean): Promise<Cloud>;
}
