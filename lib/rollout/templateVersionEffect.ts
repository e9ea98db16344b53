import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import {
  DeleteLaunchTemplateVersionsCommand,
  type EC2Client,
  paginateDescribeLaunchTemplateVersions,
} from '@aws-sdk/client-ec2';
import { nameOf } from '../aws/failure';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effect';
import { defineEffect, type EffectRepair, repairOf } from '../engine/effectKind';
import type { DeploymentRecord, LaunchTemplateRef } from '../engine/record';
import { aws, data, derived, found, jmespath } from '../engine/repairCommand';
import { left, never, repairSite, type Settled, undone } from '../engine/settled';
import { describeGroup } from '../fleet/group';
import { isLaunchedFrom } from '../fleet/launchedFrom';
import { isAt } from './groupTemplateEffect';

/** A launch template version that was made. */
export interface TemplateVersionShape {
  readonly kind: 'launch-template-version';
  /** The launch template's id. */
  readonly target: string;
  readonly before: null;
  readonly wrote: { readonly id: string; readonly image: string };
  readonly result: LaunchTemplateRef;
}

/** EC2 takes 255 characters. The description identifies a version of ours, since versions have no tags. */
export const descriptionOf = (record: Pick<DeploymentRecord, 'version' | 'deployment'>): string =>
  `${record.version} ${record.deployment}`.slice(0, 255);

export const templateVersionEffect = defineEffect<TemplateVersionShape>('launch-template-version');

export const templateVersionRepair: EffectRepair<TemplateVersionShape> = {
  of: templateVersionEffect,
  scope: 'artifact',
  repair: ({ target, result }, { region, record }) => {
    const made = found(
      { region },
      'ec2 describe-launch-template-versions',
      { '--launch-template-id': data(target) },
      jmespath`LaunchTemplateVersions[?VersionDescription==${derived(record, descriptionOf)}].VersionNumber`,
    );
    return aws({ region }, 'ec2 delete-launch-template-versions', {
      '--launch-template-id': data(target),
      '--versions': result ? data(result.version) : made,
    });
  },
};

/** Deletes the version that we made, unless the group or an instance still uses it. */
export const deleteTemplateVersion = async (
  context: StepContext,
  { ec2, autoScaling }: { readonly ec2: EC2Client; readonly autoScaling: AutoScalingClient },
  effect: Effect<TemplateVersionShape>,
): Promise<Settled> => {
  const { record } = context;
  const made = effect.result ?? (await findVersion(context, ec2, effect));
  if (!made) return never;
  const leave = (note: string): Settled =>
    left(note, repairOf(templateVersionRepair, { ...effect, result: made }, repairSite(context)));
  const group = await describeGroup(autoScaling, record.group);
  const users = group.instances.filter((member) => isLaunchedFrom(member, made)).map(({ id }) => id);
  if (isAt(group, made) || users.length > 0)
    return leave(
      `Version ${made.version} of launch template ${made.id} is still used by ${users.length > 0 ? users.slice(0, 10).join(', ') : `group ${group.name}`}.`,
    );
  await context.guard();
  const { UnsuccessfullyDeletedLaunchTemplateVersions: refused = [] } = await ec2.send(
    new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId: made.id, Versions: [made.version] }),
  );
  const code = refused[0]?.ResponseError?.Code;
  if (code === undefined || code === 'launchTemplateVersionDoesNotExist') return undone;
  return leave(
    `Version ${made.version} of launch template ${made.id} could not be deleted: ${code}: ${refused[0]?.ResponseError?.Message ?? ''}`,
  );
};

/** The number is unknown if a step died between the call and its note: the description names the deployment. */
const findVersion = async (
  { record }: StepContext,
  ec2: EC2Client,
  { target }: Effect<TemplateVersionShape>,
): Promise<LaunchTemplateRef | undefined> => {
  try {
    const pages = paginateDescribeLaunchTemplateVersions(
      { client: ec2 },
      {
        LaunchTemplateId: target,
        // Our version is newer than the one that it was made from.
        ...(record.baseline?.launchTemplate.id === target && {
          MinVersion: record.baseline.launchTemplate.version,
        }),
      },
    );
    for await (const page of pages)
      for (const version of page.LaunchTemplateVersions ?? [])
        if (version.VersionDescription === descriptionOf(record))
          return { id: target, version: String(version.VersionNumber) };
  } catch (error) {
    if (!nameOf(error).startsWith('InvalidLaunchTemplate')) throw error;
  }
  return undefined;
};
