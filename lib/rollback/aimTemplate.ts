import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateVersionCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { messageOf, mustPass, nameOf } from '../aws/failure';
import type { StepContext } from '../engine/context';
import { goesForward } from '../engine/forward';
import type { DeploymentRecord, LaunchTemplateRef } from '../engine/record';
import { describeGroup, type Group } from '../fleet/group';
import { describeTemplateVersion } from '../fleet/launchTemplates';
import { describeImage } from '../image/images';
import { versionInput } from '../rollout/swapLaunchTemplate';
import { templateVersionEffect } from '../rollout/templateVersionEffect';
import { deploymentOf } from './deploymentOf';
import { type KnownTemplate, templateBack, type TemplateBack } from './templateBack';

interface Clients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
}

const known = async (ec2: EC2Client, { id, version }: LaunchTemplateRef): Promise<KnownTemplate> => {
  const found = await describeTemplateVersion(ec2, { id, version });
  // A group that follows `$Latest` or `$Default` launches from the version that this is now.
  return { id, version: String(found?.VersionNumber ?? version), data: found?.LaunchTemplateData };
};

/** An image that is gone, or is named by a parameter, is not known to be of another architecture. */
const isSameArchitecture = async (ec2: EC2Client, ...images: (string | undefined)[]): Promise<boolean> => {
  const ids = images.filter((image) => image?.startsWith('ami-')).map((image) => image ?? '');
  const found = await Promise.all(ids.map((image) => describeImage(ec2, image)));
  return new Set(found.flatMap((image) => image?.Architecture ?? [])).size < 2;
};

/** What a rollback would launch from if it began now. `current` is what the group launches from. */
export const planTemplate = async (
  ec2: EC2Client,
  record: DeploymentRecord,
  group: Pick<Group, 'launchTemplate'>,
): Promise<
  TemplateBack & { readonly current: KnownTemplate | undefined; readonly released: KnownTemplate }
> => {
  const { launchTemplate = { id: '', version: '' }, bakedImage = '', version, settings } = record;
  const [template, current] = await Promise.all([
    known(ec2, launchTemplate),
    group.launchTemplate && known(ec2, group.launchTemplate),
  ]);
  const wanted = record.template ?? settings.rollback.template;
  const question = { wanted, release: { version, image: bakedImage, template }, current };
  const back = templateBack({ ...question, fits: true });
  const fits = back.use === 'release' || (await isSameArchitecture(ec2, bakedImage, current?.data?.ImageId));
  return { ...(fits ? back : templateBack({ ...question, fits })), current, released: template };
};

/** A rollback that can only go forward has its target as baseline, too. */
const aimed = async (
  context: StepContext,
  launchTemplate: LaunchTemplateRef,
  template: readonly string[],
): Promise<StepContext> => {
  const { record, core } = context;
  const { baseline } = record;
  const change = {
    launchTemplate,
    besides: { scaling: record.besides?.scaling ?? [], template },
    ...(baseline && goesForward(record) && { baseline: { ...baseline, launchTemplate } }),
  };
  await core.records.set(record.deployment, change);
  return { ...context, record: { ...record, ...change } };
};

/**
 * Settles what the rollback launches from, and notes it in the record: the release's own launch template version, the
 * group's present one, or a new one that is made of it with the release's image.
 */
export const aimTemplate = async (
  context: StepContext,
  { autoScaling, ec2 }: Clients,
): Promise<StepContext> => {
  const { record } = context;
  const group = await describeGroup(autoScaling, record.group);
  const { use, lines, current } = await planTemplate(ec2, record, group);
  if (use === 'release' || !current)
    return record.launchTemplate ? aimed(context, record.launchTemplate, lines) : context;
  if (use === 'current') return aimed(context, { id: current.id, version: current.version }, lines);
  try {
    return await aimed(context, await make(context, ec2, current), lines);
  } catch (error) {
    if (mustPass(error)) throw error;
    await context.core.records.warn(
      record.deployment,
      `The image of ${record.version} could not be given to a new version of launch template ${current.id} (${nameOf(error)}: ${messageOf(error)}): ` +
        `the fleet goes back to version ${record.launchTemplate?.version ?? '?'} of launch template ${record.launchTemplate?.id ?? '?'}, with all that was changed since.`,
    );
    return context;
  }
};

const make = (
  context: StepContext,
  ec2: EC2Client,
  current: LaunchTemplateRef,
): Promise<LaunchTemplateRef> => {
  const { record } = context;
  const { bakedImage: image = '', target } = record;
  const { id, version } = current;
  return context.change(
    templateVersionEffect,
    { target: id, before: null, wrote: { id, image } },
    async (): Promise<LaunchTemplateRef> => {
      const input = await versionInput(
        ec2,
        record,
        { id, version },
        image,
        deploymentOf(target?.release ?? ''),
      );
      const { LaunchTemplateVersion: made } = await ec2.send(new CreateLaunchTemplateVersionCommand(input));
      return { id, version: String(made?.VersionNumber) };
    },
  );
};
