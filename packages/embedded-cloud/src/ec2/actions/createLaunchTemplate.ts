import type { CreateLaunchTemplateRequest, CreateLaunchTemplateResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../core/errors';
import type { Action, Caller, Region } from '../../core/service';
import { invalidParameterValue, missingParameter, refuseDryRun } from '../errors';
import { checkImageParameter } from '../imageParameter';
import { madeBefore, remember } from '../idempotency';
import { requireTemplate } from '../launchTemplates';
import { templateOutput } from '../outputs';
import { onNew, taggingAtCreation } from '../resources';
import type { Ec2State, LaunchTemplate } from '../state';
import { checkTagSpecifications, tagsFor } from '../tags';

/** 3 to 128 characters (API, CreateLaunchTemplate, `LaunchTemplateName`). */
const namePattern = /^[a-zA-Z0-9().\-/_]{3,128}$/;

const check = (state: Ec2State, input: CreateLaunchTemplateRequest): void => {
  const { LaunchTemplateName: name, LaunchTemplateData: data } = input;
  if (name === undefined) throw missingParameter('LaunchTemplateName');
  if (data === undefined) throw missingParameter('LaunchTemplateData');
  if (!namePattern.test(name)) throw invalidParameterValue(`${name} is no valid launch template name.`);
  checkTagSpecifications(input.TagSpecifications, ['launch-template']);
  if (state.launchTemplateNames[name] !== undefined)
    throw new AwsError(
      'InvalidLaunchTemplateName.AlreadyExistsException',
      'Launch template name already in use.',
    );
};

const make = (region: Region, input: CreateLaunchTemplateRequest, caller: Caller): LaunchTemplate => {
  const version = {
    number: 1,
    createdAt: region.now(),
    createdBy: caller.arn,
    data: structuredClone(input.LaunchTemplateData ?? {}),
    ...(input.VersionDescription !== undefined && { description: input.VersionDescription }),
  };
  return {
    id: region.newId('lt-'),
    name: input.LaunchTemplateName ?? '',
    createdAt: region.now(),
    createdBy: caller.arn,
    defaultVersion: 1,
    latestVersion: 1,
    versions: { 1: version },
    tags: { ...tagsFor(input.TagSpecifications, 'launch-template') },
  };
};

/** A template with its first version, which is the default one. */
export const createLaunchTemplate: Action<CreateLaunchTemplateRequest, CreateLaunchTemplateResult> = {
  requires: (input, region) => [
    onNew(
      region,
      'ec2:CreateLaunchTemplate',
      'launch-template',
      tagsFor(input.TagSpecifications, 'launch-template'),
    ),
    ...taggingAtCreation(region, 'CreateLaunchTemplate', input.TagSpecifications),
  ],
  run(input, region, caller) {
    const { state } = region.service('ec2');
    const before = madeBefore(state, 'CreateLaunchTemplate', input);
    if (before !== undefined)
      return { LaunchTemplate: templateOutput(requireTemplate(state, { LaunchTemplateId: before[0] })) };
    check(state, input);
    checkImageParameter(region, input.LaunchTemplateData?.ImageId);
    refuseDryRun(input.DryRun);
    const template = make(region, input, caller);
    state.launchTemplateNames[template.name] = template.id;
    state.launchTemplates[template.id] = template;
    remember(state, 'CreateLaunchTemplate', input, [template.id]);
    return { LaunchTemplate: templateOutput(template) };
  },
};
