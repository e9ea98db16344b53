import type { CommandParameters, ProvisioningRequest } from './request';

/**
 * Parameters of resources/documents/provision.yml. All of them reach its script through the environment
 * (`interpolationType: ENV_VAR`), so that none is ever parsed by a shell.
 */
export const ownParameters = ({
  provisioning,
  extraVars,
  version,
}: ProvisioningRequest): CommandParameters => {
  const { source } = provisioning;
  return {
    Source: ['s3' in source ? source.s3 : source.git],
    ...('git' in source && {
      Reference: [source.ref],
      ...(source.tokenParameter !== undefined && { TokenParameter: [source.tokenParameter] }),
    }),
    Playbook: [provisioning.playbook],
    Version: [version],
    ExtraVariables: [jsonLiteral({ ...extraVars, version })],
    Secrets: [jsonLiteral(provisioning.secrets)],
    TimeoutSeconds: [String(provisioning.timeoutMinutes * 60)],
  };
};

/**
 * Systems Manager reads `{{ssm:NAME}}` in a parameter's value as a reference to Parameter Store. JSON can escape a
 * brace, so the value stays what it is.
 */
export const jsonLiteral = (value: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(value).replaceAll('{{', '{\\u007b');
