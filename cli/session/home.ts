/** Where the tool itself lies. */
export interface Home {
  /** The folder that holds serverless.yml, examples and schemas. */
  readonly root: string;
  /** Where the bundles lie, the worker's among them. */
  readonly folder: string;
}
