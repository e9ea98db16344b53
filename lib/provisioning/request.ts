import type { ApplicationSettings } from '../application/schema';

/** Parameters of a command, as `SendCommand` takes them. */
export type CommandParameters = Record<string, string[]>;
export type Provisioning = ApplicationSettings['provisioning'];
export type ExtraVars = Readonly<Record<string, string | number | boolean>>;

/** What the parameters of a document are made of. */
export interface ProvisioningRequest {
  readonly provisioning: Provisioning;
  /** Those of the settings, overlaid by the request's. */
  readonly extraVars: ExtraVars;
  readonly version: string;
  readonly region: string;
}
