import {
  DeleteLaunchTemplateVersionsCommand,
  type EC2Client,
  paginateDescribeLaunchTemplateVersions,
} from '@aws-sdk/client-ec2';
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { nameOf } from '../aws/failure';
import { describeGroup } from '../fleet/group';
import { descriptionOf } from './swapLaunchTemplate';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effects';
import type { LaunchTemplateRef } from '../engine/record';
import { isAt } from './putBackTemplate';
import { repairCommandOf } from '../deployment/compensation/mend';
import { never, type Settled, undone } from '../engine/settled';

/** Deletes the version that we made, unless the group or an instance still uses it. */
export const deleteTemplateVersion = async (
  context: StepContext,
  { ec2, autoScaling }: { ec2: EC2Client; autoScaling: AutoScalingClient },
  effect: Effect,
): Promise<Settled> => {
  const { record } = context;
  const made = (effect.result as LaunchTemplateRef | undefined) ?? (await findVersion(context, ec2, effect));
  if (!made) return never;
  const group = await describeGroup(autoScaling, record.group);
  const users = group.instances
    .filter(({ launchTemplateVersion }) => launchTemplateVersion === made.version)
    .map(({ id }) => id);
  if (isAt(group, made) || users.length > 0)
    return {
      state: 'left',
      note: `Version ${made.version} of launch template ${made.id} is still used by ${users.length > 0 ? users.slice(0, 10).join(', ') : `group ${group.name}`}.`,
      mend: repairCommandOf({ ...effect, result: made }, record),
    };
  await context.guard();
  const { UnsuccessfullyDeletedLaunchTemplateVersions: refused = [] } = await ec2.send(
    new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId: made.id, Versions: [made.version] }),
  );
  const code = refused[0]?.ResponseError?.Code;
  if (code === undefined || code === 'launchTemplateVersionDoesNotExist') return undone;
  return {
    state: 'left',
    note: `Version ${made.version} of launch template ${made.id} could not be deleted: ${code}: ${refused[0]?.ResponseError?.Message ?? ''}`,
    mend: repairCommandOf({ ...effect, result: made }, record),
  };
};

/** The number is unknown where a step died between the call and the note: the description names the deployment. */
const findVersion = async (
  { record }: StepContext,
  ec2: EC2Client,
  effect: Effect,
): Promise<LaunchTemplateRef | undefined> => {
  try {
    const pages = paginateDescribeLaunchTemplateVersions(
      { client: ec2 },
      {
        LaunchTemplateId: effect.target,
        // Ours is younger than the version that it was made from.
        ...(record.baseline && { MinVersion: record.baseline.launchTemplate.version }),
      },
    );
    for await (const page of pages)
      for (const version of page.LaunchTemplateVersions ?? [])
        if (version.VersionDescription === descriptionOf(record))
          return { id: effect.target, version: String(version.VersionNumber) };
  } catch (error) {
    if (!nameOf(error).startsWith('InvalidLaunchTemplate')) throw error;
  }
  return undefined;
};
