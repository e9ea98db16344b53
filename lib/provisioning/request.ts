import type { ApplicationSettings } from '../application/schema';

/** Parameters of a command, as `SendCommand` takes them. */
export type CommandParameters = Record<string, string[]>;
export type Provisioning = ApplicationSettings['provisioning'];
export type ExtraVars = Readonly<Record<string, string | number | boolean>>;

/** The values from which a document's parameters are made. */
export interface ProvisioningRequest {
  readonly provisioning: Provisioning;
  /** The settings' variables, overridden by the request's. */
  readonly extraVars: ExtraVars;
  readonly version: string;
  readonly region: string;
}
