import { fillIn, placeholdersIn } from '../application/placeholders';
import { documentKind } from '../application/provisioningDocument';
import { ProvisionFailed } from '../engine/errors';
import type { DeploymentRecord } from '../engine/record';
import { ansibleParameters } from './applyAnsiblePlaybooks';
import { otherParameters, unknownCommit } from './otherDocument';
import { ownParameters } from './ownDocument';
import type { CommandParameters, DocumentParameters, Provisioning, ProvisioningRequest } from './request';

export interface ProvisioningDocument {
  readonly name: string;
  readonly version: string;
  readonly parameters: CommandParameters;
}

/** What of a record its document is given. */
export type Provisioned = Pick<
  DeploymentRecord,
  'settings' | 'extraVars' | 'version' | 'application' | 'deployment' | 'commit' | 'tags' | 'skipTags'
>;

/** What a document is told in which place. */
export interface ProvisioningPlace {
  /** The name of Forseti's own document. */
  readonly ownDocument: string;
  readonly region: string;
}

/**
 * The document that provisions, with its parameters: Forseti's own unless the settings name another.
 * @param revision of the source, once the first instance has found it.
 * @throws ProvisionFailed if the document's parameters cannot express the settings.
 */
export const documentFor = (
  record: Provisioned,
  { ownDocument, region }: ProvisioningPlace,
  revision?: string,
): ProvisioningDocument => {
  const { document: name = ownDocument, documentVersion } = record.settings.provisioning;
  const { parameters, problems } = parametersFor(record, { ownDocument, region }, revision);
  if (problems.length > 0)
    throw new ProvisionFailed(
      `Document ${name} cannot be given what the settings say; change them, or use Forseti's own document.`,
      { problems },
    );
  return { name, version: documentVersion, parameters };
};

/** As {@link documentFor}, with the problems told instead of thrown. */
export const parametersFor = (
  record: Provisioned,
  { ownDocument, region }: ProvisioningPlace,
  revision?: string,
): DocumentParameters => {
  // A record that an older version made has no tags in its settings.
  const provisioning: Provisioning = { ...{ tags: [], skipTags: [] }, ...record.settings.provisioning };
  const kind = documentKind(provisioning.document, ownDocument);
  const { source, problems } = filledSource(record);
  const request: ProvisioningRequest = {
    provisioning: { ...provisioning, ...(source && { source }) },
    extraVars: { ...provisioning.extraVars, ...record.extraVars },
    tags: record.tags ?? provisioning.tags,
    skipTags: record.skipTags ?? provisioning.skipTags,
    application: record.application,
    version: record.version,
    commit: record.commit,
    deployment: record.deployment,
    revision,
    region,
  };
  if (kind === 'other') return otherParameters(request);
  const made = kind === 'own' ? ownParameters(request) : ansibleParameters(request);
  const unused = Object.keys(provisioning.parameters);
  return {
    parameters: made.parameters,
    problems: [
      ...made.problems,
      ...problems,
      ...(unused.length > 0
        ? [
            `provisioning.parameters (${unused.join(', ')}) are for documents that Forseti does not know; this one gets its parameters from the other settings. Remove them.`,
          ]
        : []),
    ],
  };
};

/** The source with the version and the commit filled in. */
const filledSource = ({
  settings,
  application,
  version,
  commit,
}: Provisioned): Pick<Provisioning, 'source'> & { readonly problems: readonly string[] } => {
  const { source } = settings.provisioning;
  if (source === undefined) return { source, problems: [] };
  const values = { version, ...(commit !== undefined && { commit }) };
  const asked = placeholdersIn('s3' in source ? source.s3 : source.ref);
  return {
    source:
      's3' in source ? { s3: fillIn(source.s3, values) } : { ...source, ref: fillIn(source.ref, values) },
    problems:
      asked.includes('commit') && commit === undefined
        ? [unknownCommit('provisioning.source', { application, version })]
        : [],
  };
};
