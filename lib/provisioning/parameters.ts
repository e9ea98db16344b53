import type { ApplicationSettings } from '../application/schema';
import { ProvisionFailed } from '../engine/errors';
import type { DeploymentRecord } from '../engine/record';
import { ansibleParameters } from './applyAnsiblePlaybooks';
import { ownParameters } from './ownDocument';

/** Parameters of a command, as `SendCommand` takes them. */
export type CommandParameters = Record<string, string[]>;
export type Provisioning = ApplicationSettings['provisioning'];
export type ExtraVars = Readonly<Record<string, string | number | boolean>>;

export interface ProvisioningDocument {
  readonly name: string;
  readonly version: string;
  readonly parameters: CommandParameters;
}

/** What the parameters of a document are made of. */
export interface ProvisioningRequest {
  readonly provisioning: Provisioning;
  /** Those of the settings, overlaid by the request's. */
  readonly extraVars: ExtraVars;
  readonly version: string;
  readonly region: string;
}

const awsDocument = 'AWS-ApplyAnsiblePlaybooks';

/**
 * The document that provisions, with its parameters: Forseti's own unless the settings name another. A document that
 * Forseti does not know gets the settings' `parameters` and nothing else.
 * @param ownDocument name of Forseti's own document.
 * @throws ProvisionFailed where the settings cannot be said in the document's parameters.
 */
export const documentFor = (
  record: Pick<DeploymentRecord, 'settings' | 'extraVars' | 'version'>,
  ownDocument: string,
  region: string,
): ProvisioningDocument => {
  const { provisioning } = record.settings;
  const name = provisioning.document ?? ownDocument;
  const request: ProvisioningRequest = {
    provisioning,
    extraVars: { ...provisioning.extraVars, ...record.extraVars },
    version: record.version,
    region,
  };
  const known = documentNameOf(name);
  const { parameters, problems } =
    known === ownDocument
      ? { parameters: ownParameters(request), problems: [] }
      : known === awsDocument
        ? ansibleParameters(request)
        : { parameters: { ...provisioning.parameters }, problems: [] };
  if (problems.length > 0)
    throw new ProvisionFailed(
      `Document ${name} cannot be given what the settings say; change them, or use Forseti's own document.`,
      { problems },
    );
  return { name, version: provisioning.documentVersion, parameters };
};

/** `arn:aws:ssm:REGION:ACCOUNT:document/NAME` or the name itself. */
const documentNameOf = (nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : nameOrArn;
