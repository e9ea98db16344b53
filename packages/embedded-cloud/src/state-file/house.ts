import type { Cloud, CloudState } from '../core/cloud';

/** How clouds are made: by description and template in the tool, by something smaller in a test. */
export interface House {
  /** Of all that the functions are compiled from. */
  readonly buildHash: string;
  /** A new cloud from a description (the default one where undefined), with the template installed. */
  make(description: unknown, seed: number): Promise<Cloud>;
  /**
   * A saved cloud, with its code loaded. `isOtherBuild`: the state was saved by another build, and the template must
   * be installed again.
   */
  restore(state: CloudState, isOtherBuild: boolean): Promise<Cloud>;
}
