/** Where the command itself is installed. */
export interface Home {
  /** The folder that holds serverless.yml, examples and schemas. */
  readonly root: string;
  /** The folder of the bundles, the embedded cloud's worker among them. */
  readonly folder: string;
}
