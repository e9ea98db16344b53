import type { ApplicationSettings } from '../application/schema';

/** Parameters of a command, as `SendCommand` takes them. */
export type CommandParameters = Record<string, string[]>;
export type Provisioning = ApplicationSettings['provisioning'];
export type ExtraVars = Readonly<Record<string, string | number | boolean>>;

/** The values from which a document's parameters are made. */
export interface ProvisioningRequest {
  /** Its source has the version and the commit filled in. */
  readonly provisioning: Provisioning;
  /** The settings' variables, overridden by the request's. */
  readonly extraVars: ExtraVars;
  /** Those of the request if it names any, else the settings'. */
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly application: string;
  readonly version: string;
  /** The commit that the version's tag named; undefined if nobody said so. */
  readonly commit: string | undefined;
  readonly deployment: string;
  /** What the source was found to be on the deployment's first instance, which all others get too. */
  readonly revision: string | undefined;
  readonly region: string;
}

export interface DocumentParameters {
  readonly parameters: CommandParameters;
  /** What the document's parameters cannot express. */
  readonly problems: readonly string[];
}
