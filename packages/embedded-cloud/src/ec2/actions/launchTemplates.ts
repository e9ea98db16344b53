import type {
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplatesResult,
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
  GetLaunchTemplateDataRequest,
  GetLaunchTemplateDataResult,
  ModifyLaunchTemplateRequest,
  ModifyLaunchTemplateResult,
  _InstanceType,
  LaunchTemplateVersion as ApiLaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
import type { Action, Region } from '../../core/service';
import {
  invalidParameterCombination,
  missingParameter,
  refuseDryRun,
  requireAll,
  requireOne,
} from '../errors';
import { filterOf, type Fields } from '../filters';
import { resolveImage } from '../imageParameter';
import { requireTemplate, requireVersion, templateNotFoundByName, versionNumber } from '../launchTemplates';
import { templateOutput, versionOutput } from '../outputs';
import { pageOf } from '../paging';
import { onEverything } from '../resources';
import type { Ec2State, Instance, LaunchTemplate, LaunchTemplateVersion } from '../state';
import { toTagList } from '../tags';
import { onTemplate } from './launchTemplateVersions';

const fields: Fields<LaunchTemplate> = {
  'launch-template-name': ({ name }) => name,
  'create-time': ({ createdAt }) => new Date(createdAt).toISOString(),
};

const asked = (state: Ec2State, input: DescribeLaunchTemplatesRequest): LaunchTemplate[] => {
  const { LaunchTemplateIds: ids = [], LaunchTemplateNames: names = [] } = input;
  if (ids.length > 0) return requireAll('launchTemplate', state.launchTemplates, ids);
  if (names.length === 0) return Object.values(state.launchTemplates);
  const missing = names.find((name) => state.launchTemplateNames[name] === undefined);
  if (missing !== undefined) throw templateNotFoundByName(missing);
  return names.flatMap((name) => state.launchTemplates[state.launchTemplateNames[name] ?? ''] ?? []);
};

export const describeLaunchTemplates: Action<DescribeLaunchTemplatesRequest, DescribeLaunchTemplatesResult> =
  {
    requires: onEverything('ec2:DescribeLaunchTemplates'),
    run(input, region) {
      const found = asked(region.service('ec2').state, input).filter(filterOf(input.Filters, fields));
      refuseDryRun(input.DryRun);
      const { items, nextToken } = pageOf(found, input, { least: 1, most: 200 });
      return { LaunchTemplates: items.map(templateOutput), NextToken: nextToken };
    },
  };

type Pair = readonly [LaunchTemplate, LaunchTemplateVersion];

/** The requested versions of one template, or all within `MinVersion` and `MaxVersion`, newest first. */
const versionsOf = (template: LaunchTemplate, input: DescribeLaunchTemplateVersionsRequest): Pair[] => {
  const { Versions: versions = [] } = input;
  if (versions.length > 0) {
    return versions.map((version) => [template, requireVersion(template, version)]);
  }
  const from = Number(input.MinVersion ?? 1);
  const to = Number(input.MaxVersion ?? Number.POSITIVE_INFINITY);
  return Object.values(template.versions)
    .filter(({ number }) => number >= from && number <= to)
    .sort((a, b) => b.number - a.number)
    .map((version) => [template, version]);
};

/** If the request names no template: `$Latest` or `$Default` (or both) of every template. */
const ofEveryTemplate = (state: Ec2State, versions: readonly string[]): Pair[] => {
  if (versions.length === 0) throw missingParameter('LaunchTemplateId');
  if (versions.some((version) => version !== '$Latest' && version !== '$Default')) {
    throw invalidParameterCombination(
      'Without a launch template only $Latest and $Default can be asked for.',
    );
  }
  return Object.values(state.launchTemplates).flatMap((template) =>
    [...new Set(versions.map((version) => versionNumber(template, version)))].flatMap((number) => {
      const version = template.versions[number ?? 0];
      return version === undefined ? [] : [[template, version] as const];
    }),
  );
};

/** With the image id that the parameter holds now. */
const resolved = (region: Region, { LaunchTemplateData: data, ...version }: ApiLaunchTemplateVersion) => ({
  ...version,
  LaunchTemplateData: { ...data, ImageId: resolveImage(region, data?.ImageId) },
});

export const describeLaunchTemplateVersions: Action<
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult
> = {
  requires: onEverything('ec2:DescribeLaunchTemplateVersions'),
  run(input, region) {
    const { state } = region.service('ec2');
    const named = input.LaunchTemplateId !== undefined || input.LaunchTemplateName !== undefined;
    const pairs = named
      ? versionsOf(requireTemplate(state, input), input)
      : ofEveryTemplate(state, input.Versions ?? []);
    const matches = filterOf<LaunchTemplateVersion & { tags?: Record<string, string> }>(input.Filters, {
      'image-id': ({ data }) => data.ImageId,
      'instance-type': ({ data }) => data.InstanceType,
    });
    refuseDryRun(input.DryRun);
    const found = pairs.filter(([, version]) => matches(version));
    const { items, nextToken } = pageOf(found, input, { least: 1, most: 200 });
    const shown = items.map((pair) => versionOutput(...pair));
    return {
      LaunchTemplateVersions: input.ResolveAlias === true ? shown.map((one) => resolved(region, one)) : shown,
      NextToken: nextToken,
    };
  },
};

export const modifyLaunchTemplate: Action<ModifyLaunchTemplateRequest, ModifyLaunchTemplateResult> = {
  requires: onTemplate('ec2:ModifyLaunchTemplate'),
  run(input, region) {
    const template = requireTemplate(region.service('ec2').state, input);
    const version =
      input.DefaultVersion === undefined ? undefined : requireVersion(template, input.DefaultVersion);
    refuseDryRun(input.DryRun);
    if (version !== undefined) template.defaultVersion = version.number;
    return { LaunchTemplate: templateOutput(template) };
  },
};

const dataOf = (instance: Instance): GetLaunchTemplateDataResult['LaunchTemplateData'] => ({
  ImageId: instance.imageId,
  InstanceType: instance.instanceType as _InstanceType,
  Placement: { AvailabilityZone: instance.zone, Tenancy: 'default' },
  NetworkInterfaces: [
    { DeviceIndex: 0, SubnetId: instance.subnetId, Groups: [...instance.securityGroupIds] },
  ],
  TagSpecifications: [{ ResourceType: 'instance', Tags: toTagList(instance.tags) }],
  ...(instance.keyName !== undefined && { KeyName: instance.keyName }),
  ...(instance.userData !== undefined && { UserData: instance.userData }),
  ...(instance.iamInstanceProfile !== undefined && {
    IamInstanceProfile: { Arn: instance.iamInstanceProfile },
  }),
});

/** The launch template data that would start an instance like the given one. */
export const getLaunchTemplateData: Action<GetLaunchTemplateDataRequest, GetLaunchTemplateDataResult> = {
  requires: onEverything('ec2:GetLaunchTemplateData'),
  run(input, region) {
    const { instances } = region.service('ec2').state;
    const instance = requireOne('instance', instances, input.InstanceId, 'InstanceId');
    refuseDryRun(input.DryRun);
    return { LaunchTemplateData: dataOf(instance) };
  },
};
