import { jsonLiteral } from '../aws/jsonLiteral';
import type { DocumentParameters, ProvisioningRequest } from './request';

/**
 * Parameters of resources/documents/provision.yml. All of them reach its script through the environment
 * (`interpolationType: ENV_VAR`), so that none is ever parsed by a shell.
 */
export const ownParameters = ({
  provisioning,
  extraVars,
  tags,
  skipTags,
  version,
  commit,
  revision,
}: ProvisioningRequest): DocumentParameters => {
  const { source } = provisioning;
  if (source === undefined) return { parameters: {}, problems: [missingSource] };
  return {
    parameters: {
      Source: ['s3' in source ? source.s3 : source.git],
      ...('git' in source && {
        Reference: [source.ref],
        ...(source.tokenParameter !== undefined && { TokenParameter: [source.tokenParameter] }),
      }),
      ...(revision !== undefined && { Revision: [revision] }),
      Playbook: [provisioning.playbook],
      ...(tags.length > 0 && { Tags: [tags.join(',')] }),
      ...(skipTags.length > 0 && { SkipTags: [skipTags.join(',')] }),
      Version: [version],
      ExtraVariables: [jsonLiteral(variables({ extraVars, version, commit }))],
      Secrets: [jsonLiteral(provisioning.secrets)],
      TimeoutSeconds: [String(provisioning.timeoutMinutes * 60)],
    },
    problems: [],
  };
};

export const missingSource =
  'provisioning.source is missing; this document takes its playbook from there: { s3: s3://BUCKET/KEY } or { git: ADDRESS }.';

/** The version is ours to say. A variable `commit` of the user's own stays what it is. */
export const variables = ({
  extraVars,
  version,
  commit,
}: Pick<ProvisioningRequest, 'extraVars' | 'version' | 'commit'>): ProvisioningRequest['extraVars'] => ({
  ...(commit !== undefined && { commit }),
  ...extraVars,
  version,
});
