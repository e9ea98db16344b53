import type {
  CreateLaunchTemplateVersionRequest,
  CreateLaunchTemplateVersionResult,
  DeleteLaunchTemplateVersionsRequest,
  DeleteLaunchTemplateVersionsResponseErrorItem,
  DeleteLaunchTemplateVersionsResult,
  LaunchTemplateErrorCode,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { invalidParameterValue, missingParameter, refuseDryRun } from '../errors';
import { checkImageParameter } from '../imageParameter';
import { madeBefore, remember } from '../idempotency';
import {
  findTemplate,
  mergedData,
  maxVersions,
  maxVersionsDeleted,
  requireTemplate,
  requireVersion,
  type TemplateNaming,
} from '../launchTemplates';
import { versionOutput } from '../outputs';
import { onExisting } from '../resources';
import type { Region, Requirement } from '../../core/service';
import type { LaunchTemplate, LaunchTemplateVersion } from '../state';

/**
 * The permission on the template that the request names. If the name does not exist, the action itself refuses the
 * call.
 */
export const onTemplate =
  (action: string) =>
  (input: TemplateNaming, region: Region): Requirement[] => {
    const { state } = region.service('ec2');
    const naming = input.LaunchTemplateId ?? input.LaunchTemplateName ?? '';
    const id = findTemplate(state, naming)?.id ?? input.LaunchTemplateId ?? '*';
    return [onExisting(region, state, action, 'launchTemplate', id)];
  };

const checkVersion = (template: LaunchTemplate, input: CreateLaunchTemplateVersionRequest): void => {
  if (input.LaunchTemplateData === undefined) throw missingParameter('LaunchTemplateData');
  if ((input.VersionDescription ?? '').length > 255) {
    throw invalidParameterValue('VersionDescription is limited to 255 characters');
  }
  if (Object.keys(template.versions).length >= maxVersions) {
    throw new AwsError(
      'MaxTemplateVersionLimitExceeded',
      `You've reached the limit of ${maxVersions} versions of a launch template.`,
    );
  }
};

/** Inherits from `SourceVersion` if one is given. Changes neither the default nor any other version. */
export const createLaunchTemplateVersion: Action<
  CreateLaunchTemplateVersionRequest,
  CreateLaunchTemplateVersionResult
> = {
  requires: onTemplate('ec2:CreateLaunchTemplateVersion'),
  run(input, region, caller) {
    const { state } = region.service('ec2');
    const template = requireTemplate(state, input);
    const made = madeBefore(state, 'CreateLaunchTemplateVersion', input);
    if (made !== undefined) {
      return { LaunchTemplateVersion: versionOutput(template, requireVersion(template, made[0])) };
    }
    checkVersion(template, input);
    checkImageParameter(region, input.LaunchTemplateData?.ImageId);
    const source =
      input.SourceVersion === undefined ? undefined : requireVersion(template, input.SourceVersion);
    refuseDryRun(input.DryRun);
    template.latestVersion += 1;
    const version: LaunchTemplateVersion = {
      number: template.latestVersion,
      createdAt: region.now(),
      createdBy: caller.arn,
      data: mergedData(source?.data, input.LaunchTemplateData ?? {}),
      ...(input.VersionDescription !== undefined && { description: input.VersionDescription }),
    };
    template.versions[version.number] = version;
    remember(state, 'CreateLaunchTemplateVersion', input, [String(version.number)]);
    return { LaunchTemplateVersion: versionOutput(template, version) };
  },
};

const failure = (
  template: LaunchTemplate,
  version: string,
  Code: LaunchTemplateErrorCode,
  Message: string,
): DeleteLaunchTemplateVersionsResponseErrorItem => ({
  LaunchTemplateId: template.id,
  LaunchTemplateName: template.name,
  ...(/^\d+$/.test(version) && { VersionNumber: Number(version) }),
  ResponseError: { Code, Message },
});

const undeletable = (
  template: LaunchTemplate,
  version: string,
): DeleteLaunchTemplateVersionsResponseErrorItem | undefined => {
  if (!/^\d+$/.test(version) || template.versions[version] === undefined) {
    const message = `The specified launch template version ${version} does not exist.`;
    return failure(template, version, 'launchTemplateVersionDoesNotExist', message);
  }
  if (Number(version) === template.defaultVersion) {
    const message = `Cannot delete the default version ${version} of the launch template.`;
    return failure(template, version, 'unexpectedError', message);
  }
  return undefined;
};

/** Reports success or failure for each version. Deletes at most 200 versions a call, and never the default. */
export const deleteLaunchTemplateVersions: Action<
  DeleteLaunchTemplateVersionsRequest,
  DeleteLaunchTemplateVersionsResult
> = {
  requires: onTemplate('ec2:DeleteLaunchTemplateVersions'),
  run(input, region) {
    const template = requireTemplate(region.service('ec2').state, input);
    const versions = input.Versions ?? [];
    if (versions.length === 0) throw missingParameter('LaunchTemplateVersion');
    if (versions.length > maxVersionsDeleted) {
      throw invalidParameterValue(
        `At most ${maxVersionsDeleted} versions can be deleted in a single request.`,
      );
    }
    refuseDryRun(input.DryRun);
    const result = {
      SuccessfullyDeletedLaunchTemplateVersions: [] as object[],
      UnsuccessfullyDeletedLaunchTemplateVersions: [] as DeleteLaunchTemplateVersionsResponseErrorItem[],
    };
    for (const version of versions) {
      const refused = undeletable(template, version);
      if (refused !== undefined) {
        result.UnsuccessfullyDeletedLaunchTemplateVersions.push(refused);
        continue;
      }
      delete template.versions[version];
      result.SuccessfullyDeletedLaunchTemplateVersions.push({
        LaunchTemplateId: template.id,
        LaunchTemplateName: template.name,
        VersionNumber: Number(version),
      });
    }
    return result;
  },
};
