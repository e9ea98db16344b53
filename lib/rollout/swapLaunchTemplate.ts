import {
  CreateLaunchTemplateVersionCommand,
  type CreateLaunchTemplateVersionCommandInput,
  type EC2Client,
  type ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { refusalOf } from '../aws/dryRun';
import { clientToken } from '../engine/clientToken';
import type { StepContext } from '../engine/context';
import { takeRetained } from './takeRetained';
import { RolloutFailed } from '../engine/errors';
import type { DeploymentRecord, LaunchTemplateRef } from '../engine/record';
import { describeGroup } from '../fleet/group';
import { describeTemplateVersion } from '../fleet/launchTemplates';
import { tags } from '../aws/tags';
import { presentTemplate } from './externalChanges';
import { mergeTagSpecifications } from './templateTags';
import { descriptionOf, templateVersionEffect } from './templateVersionEffect';

/**
 * Makes a new numbered version with the new image; everything else is as in the version that the group uses. The
 * template's default and the group stay as they are. A deployment that resumes a failed one uses that one's version
 * again.
 * @throws RolloutFailed if there is no image, or Preflight noted no template.
 */
export const swapLaunchTemplate = async (
  context: StepContext,
  { ec2, autoScaling }: { readonly ec2: EC2Client; readonly autoScaling: AutoScalingClient },
): Promise<LaunchTemplateRef> => {
  const { record, core } = context;
  const image = record.bakedImage ?? record.image;
  const source = await presentTemplate(context, ec2, await describeGroup(autoScaling, record.group));
  if (image === undefined || source === undefined)
    throw new RolloutFailed(
      `Deployment ${record.deployment} has ${image === undefined ? 'no image' : 'no launch template version to go by'}: ` +
        'there is nothing to make a launch template version of.',
    );
  const made = await context.change(
    templateVersionEffect,
    { target: source.id, before: null, wrote: { id: source.id, image } },
    async (): Promise<LaunchTemplateRef> => {
      const spare = await takeRetained(context, ec2);
      if (spare) return spare;
      const { LaunchTemplateVersion: version } = await ec2.send(
        new CreateLaunchTemplateVersionCommand(await versionInput(ec2, record, source, image)),
      );
      return { id: source.id, version: String(version?.VersionNumber) };
    },
  );
  await core.records.set(record.deployment, { launchTemplate: made });
  return made;
};

/**
 * A new version of a launch template with another image.
 * @param deployment which made the image; the instances are tagged with it.
 */
export const versionInput = async (
  ec2: EC2Client,
  record: DeploymentRecord,
  source: LaunchTemplateRef,
  image: string,
  deployment = record.deployment,
): Promise<CreateLaunchTemplateVersionCommandInput> => {
  const found = await describeTemplateVersion(ec2, source);
  return {
    LaunchTemplateId: source.id,
    SourceVersion: source.version,
    VersionDescription: descriptionOf(record),
    ClientToken: clientToken(record.deployment, 'launch-template-version', source.id, source.version, image),
    LaunchTemplateData: templateData({ ...record, deployment }, image, found?.LaunchTemplateData),
  };
};

/** In what a new version differs from the one that the group uses. */
export const templateData = (
  record: Pick<DeploymentRecord, 'application' | 'version' | 'deployment'>,
  image: string,
  source: ResponseLaunchTemplateData | undefined,
) => ({
  ImageId: image,
  TagSpecifications: mergeTagSpecifications(source?.TagSpecifications ?? [], {
    [tags.application]: record.application,
    [tags.version]: record.version,
    [tags.deployment]: record.deployment,
  }),
});

/** For Preflight: neither baseline nor image are known yet, so the group's own template stands in for both. */
export const trySwap = async (
  { record }: StepContext,
  { ec2, autoScaling }: { ec2: EC2Client; autoScaling: AutoScalingClient },
): Promise<string | undefined> => {
  const { launchTemplate } = await describeGroup(autoScaling, record.group);
  if (!launchTemplate) return undefined;
  return refusalOf(() =>
    ec2.send(
      new CreateLaunchTemplateVersionCommand({
        DryRun: true,
        LaunchTemplateId: launchTemplate.id,
        SourceVersion: launchTemplate.version,
        VersionDescription: descriptionOf(record),
        ClientToken: clientToken(record.deployment, 'launch-template-version', 'dry run'),
        LaunchTemplateData: {},
      }),
    ),
  );
};
