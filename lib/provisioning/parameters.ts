import { ProvisionFailed } from '../engine/errors';
import type { DeploymentRecord } from '../engine/record';
import { ansibleParameters } from './applyAnsiblePlaybooks';
import { ownParameters } from './ownDocument';
import type { CommandParameters, ProvisioningRequest } from './request';

export interface ProvisioningDocument {
  readonly name: string;
  readonly version: string;
  readonly parameters: CommandParameters;
}

const awsDocument = 'AWS-ApplyAnsiblePlaybooks';

/**
 * The document that provisions, with its parameters: Forseti's own unless the settings name another. A document that
 * Forseti does not know gets only the settings' `parameters`.
 * @param ownDocument name of Forseti's own document.
 * @throws ProvisionFailed if the document's parameters cannot express the settings.
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
