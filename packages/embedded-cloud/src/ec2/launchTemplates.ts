/** Finds launch templates and their versions, and merges the data of a new version. */
import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { AwsError } from '../core/errors';
import type { Ec2State, LaunchTemplate, LaunchTemplateVersion } from './state';
import { requireOne, missingParameter, invalidParameterCombination } from './errors';

/** AWS's limits: versions per template, and versions that one call may delete. */
export const maxVersions = 10_000;
export const maxVersionsDeleted = 200;

export interface TemplateNaming {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
}

export const templateNotFoundByName = (name: string): AwsError =>
  new AwsError(
    'InvalidLaunchTemplateName.NotFoundException',
    `The specified launch template, with template name ${name}, does not exist.`,
  );

/** @throws AwsError if neither or both of id and name are given, or if the template does not exist */
export const requireTemplate = (state: Ec2State, naming: TemplateNaming): LaunchTemplate => {
  const { LaunchTemplateId: id, LaunchTemplateName: name } = naming;
  if (id !== undefined && name !== undefined) {
    throw invalidParameterCombination('Specify either the launch template ID or the name, but not both.');
  }
  if (name !== undefined) {
    const found = state.launchTemplates[state.launchTemplateNames[name] ?? ''];
    if (found === undefined) throw templateNotFoundByName(name);
    return found;
  }
  if (id === undefined) throw missingParameter('LaunchTemplateId');
  return requireOne('launchTemplate', state.launchTemplates, id, 'LaunchTemplateId');
};

/** Finds a template by id or name; undefined if there is none. */
export const findTemplate = (state: Ec2State, idOrName: string): LaunchTemplate | undefined =>
  state.launchTemplates[idOrName] ?? state.launchTemplates[state.launchTemplateNames[idOrName] ?? ''];

/**
 * The number of `$Latest`, `$Default` or a version in digits; undefined for anything else. An omitted version means
 * `$Default`.
 */
export const versionNumber = (
  template: LaunchTemplate,
  version: string | number | undefined,
): number | undefined => {
  if (version === undefined || version === '' || version === '$Default') return template.defaultVersion;
  if (version === '$Latest') return latestExisting(template);
  return /^\d+$/.test(String(version)) ? Number(version) : undefined;
};

/** If the newest version has been deleted, this is the newest that remains. */
export const latestExisting = (template: LaunchTemplate): number => {
  let number = template.latestVersion;
  while (number > 1 && template.versions[number] === undefined) number -= 1;
  return number;
};

/** @throws AwsError InvalidLaunchTemplateId.VersionNotFound */
export const requireVersion = (
  template: LaunchTemplate,
  version: string | number | undefined,
): LaunchTemplateVersion => {
  const number = versionNumber(template, version);
  const found = number === undefined ? undefined : template.versions[number];
  if (found === undefined) {
    throw new AwsError(
      'InvalidLaunchTemplateId.VersionNotFound',
      `Could not find the specified version ${version ?? ''} for the launch template with ID ${template.id}.`,
    );
  }
  return found;
};

/**
 * The data of a new version: the source's data, in which each parameter of the request replaces the source's whole
 * (CreateLaunchTemplateVersion, `SourceVersion`).
 */
export const mergedData = (
  source: RequestLaunchTemplateData | undefined,
  given: RequestLaunchTemplateData,
): RequestLaunchTemplateData => {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...withoutSnapshots(source), ...Object.fromEntries(set) };
};

/** "Snapshots applied to the block device mapping are ignored when creating a new version unless they are explicitly included." */
const withoutSnapshots = (
  source: RequestLaunchTemplateData | undefined,
): RequestLaunchTemplateData | undefined => {
  if (source?.BlockDeviceMappings === undefined) return source;
  const BlockDeviceMappings = source.BlockDeviceMappings.map((mapping) =>
    mapping.Ebs === undefined ? mapping : { ...mapping, Ebs: { ...mapping.Ebs, SnapshotId: undefined } },
  );
  return { ...source, BlockDeviceMappings };
};
