/**
 * What Forseti's own document (resources/documents/provision.yml) accepts: the values of its `allowedPattern`s, which a
 * test compares with the document. `forseti apply` refuses by them what SendCommand would refuse.
 */
export const ownPatterns = {
  Source: '^(s3|https|ssh)://[A-Za-z0-9._~:@/%+=,-]+$',
  Reference: '^[A-Za-z0-9][A-Za-z0-9._+/-]{0,255}$',
  Revision: '^([A-Za-z0-9._+/=~-]{1,128}( [A-Za-z0-9._+/=~-]{1,1024})?)?$',
  TokenParameter: '^[A-Za-z0-9._/-]{0,2048}$',
  Playbook: '^[A-Za-z0-9_][A-Za-z0-9_./ -]{0,255}$',
  Version: '^[A-Za-z0-9][A-Za-z0-9._+/-]{0,63}$',
  Tags: '^([A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}(,[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}){0,49})?$',
  SkipTags: '^([A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}(,[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}){0,49})?$',
  TimeoutSeconds: '^[1-9][0-9]{0,5}$',
} as const;

/** One tag of Ansible. */
export const ansibleTagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}$/;

export const ansibleDocument = 'AWS-ApplyAnsiblePlaybooks';

/** `arn:aws:ssm:REGION:ACCOUNT:document/NAME` or the name itself. */
export const documentNameOf = (nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : nameOrArn;

/** Forseti's own document, AWS's for Ansible, or one of which Forseti knows nothing. */
export type DocumentKind = 'own' | 'ansible' | 'other';

/** `forseti-STAGE-provision`; a settings file does not say for which stage it is. */
const anyOwnDocument = /^forseti-[A-Za-z0-9-]+-provision$/;

/** @param ownDocument the stack's own; any stage's if it is not known. */
export const documentKind = (nameOrArn: string | undefined, ownDocument?: string): DocumentKind => {
  if (nameOrArn === undefined) return 'own';
  const name = documentNameOf(nameOrArn);
  if (ownDocument === undefined ? anyOwnDocument.test(name) : name === ownDocument) return 'own';
  return name === ansibleDocument ? 'ansible' : 'other';
};
