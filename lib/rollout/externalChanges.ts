import type { EC2Client } from '@aws-sdk/client-ec2';
import { tags } from '../aws/tags';
import type { StepContext } from '../engine/context';
import { GroupChangedExternally } from '../engine/errors';
import type { DeploymentRecord, GroupBefore, LaunchTemplateRef } from '../engine/record';
import { changedExternally, settleAs } from '../engine/settled';
import type { Group } from '../fleet/group';
import { describeTemplateVersion } from '../fleet/launchTemplates';
import { groupTemplateEffect, isAt } from './groupTemplateEffect';

/** What is kept of the group when a deployment begins, to see what others change meanwhile. */
export const groupBefore = ({ min, max, targetGroupArns }: Group): GroupBefore => ({
  min,
  max,
  targetGroups: [...targetGroupArns].sort(),
});

const nameOfTargetGroup = (arn: string): string => arn.split('/')[1] ?? arn;

/** What somebody changed of the group's sizes and attachments since the deployment began, in sentences. */
export const changesOfGroup = (
  before: GroupBefore | undefined,
  { name, min, max, targetGroupArns }: Pick<Group, 'name' | 'min' | 'max' | 'targetGroupArns'>,
): string[] => {
  if (!before) return [];
  const size = (what: string, was: number, is: number): string[] =>
    was === is
      ? []
      : [
          `The ${what} of group ${name} was ${String(was)} when the deployment began and is ${String(is)} now: somebody has changed it, and it is left alone.`,
        ];
  const attached = targetGroupArns.filter((arn) => !before.targetGroups.includes(arn));
  const detached = before.targetGroups.filter((arn) => !targetGroupArns.includes(arn));
  return [
    ...size('minimum', before.min, min),
    ...size('maximum', before.max, max),
    ...attached.map(
      (arn) =>
        `Target group ${nameOfTargetGroup(arn)} was attached to group ${name} by somebody else meanwhile.`,
    ),
    ...detached.map(
      (arn) =>
        `Target group ${nameOfTargetGroup(arn)} was detached from group ${name} by somebody else meanwhile.`,
    ),
  ];
};

type Templates = Pick<DeploymentRecord, 'groupTemplate' | 'baseline' | 'launchTemplate'>;

/** Whether the group uses a launch template version that it neither had before nor got from this deployment. */
export const usesOtherTemplate = (
  { groupTemplate, baseline, launchTemplate }: Templates,
  group: Pick<Group, 'launchTemplate'>,
): boolean => {
  const known = [groupTemplate, baseline?.launchTemplate, launchTemplate].filter((one) => one !== undefined);
  return known.length > 0 && !known.some((one) => isAt(group, one));
};

/** What the group uses, which somebody else gave it. */
export const otherTemplateText = ({ name, launchTemplate }: Pick<Group, 'name' | 'launchTemplate'>): string =>
  `Group ${name} uses version ${launchTemplate?.version ?? 'none'} of launch template ${launchTemplate?.id ?? 'none'}, which somebody else gave it since.`;

/** Notes in the journal that the group's launch template is somebody else's now, so that it is told and left alone. */
export const noteOtherTemplate = async (context: StepContext, group: Group): Promise<void> => {
  const { core, record, state } = context;
  const before = record.groupTemplate;
  if (!before) return;
  const { effect } = await core.effects.intend(record.deployment, state, groupTemplateEffect, {
    target: group.name,
    before,
    wrote: record.launchTemplate ?? before,
  });
  if (effect.state !== 'foreign') await settleAs(core, effect, changedExternally(otherTemplateText(group)));
};

/**
 * Whether instances that the group launches now would run the deployment's version: somebody has made the group's
 * launch template version from the deployment's own.
 */
export const launchesVersion = async (
  ec2: EC2Client,
  group: Pick<Group, 'launchTemplate'>,
  { deployment, bakedImage, image }: Pick<DeploymentRecord, 'deployment' | 'bakedImage' | 'image'>,
): Promise<boolean> => {
  const found = group.launchTemplate && (await describeTemplateVersion(ec2, group.launchTemplate));
  const data = found?.LaunchTemplateData;
  const ours = (data?.TagSpecifications ?? [])
    .filter(({ ResourceType: type }) => type === 'instance')
    .flatMap(({ Tags: list = [] }) => list)
    .some(({ Key: key, Value: value }) => key === tags.deployment && value === deployment);
  return ours || (data?.ImageId !== undefined && data.ImageId === (bakedImage ?? image));
};

/**
 * The version that the new one is made from: the one that the group uses. If somebody has given the group another since
 * Preflight, with the same image, their change goes into the new version, and into what the fleet is restored to.
 * @throws GroupChangedExternally if it has another image.
 */
export const presentTemplate = async (
  context: StepContext,
  ec2: EC2Client,
  group: Group,
): Promise<LaunchTemplateRef | undefined> => {
  const { core, record } = context;
  const { groupTemplate: expected, baseline } = record;
  const found = group.launchTemplate;
  if (!expected || !found || isAt(group, expected) || isAt(group, record.launchTemplate)) return expected;
  const [former, now] = await Promise.all([expected, found].map((one) => describeTemplateVersion(ec2, one)));
  const image = now?.LaunchTemplateData?.ImageId;
  if (image === undefined || image !== former?.LaunchTemplateData?.ImageId || !isNumbered(found.version)) {
    await noteOtherTemplate(context, group);
    throw new GroupChangedExternally(overwriting(group, expected, record));
  }
  const groupTemplate = { id: found.id, version: found.version };
  await core.records.warn(
    record.deployment,
    `${otherTemplateText(group)} The launch template version of ${record.version} is made from it.`,
  );
  await core.records.set(record.deployment, {
    groupTemplate,
    ...(baseline &&
      isSame(baseline.launchTemplate, expected) && {
        baseline: { ...baseline, launchTemplate: groupTemplate },
      }),
  });
  return groupTemplate;
};

const isSame = (one: LaunchTemplateRef, other: LaunchTemplateRef): boolean =>
  one.id === other.id && one.version === other.version;

const isNumbered = (version: string | undefined): boolean => /^\d+$/.test(version ?? '');

/**
 * The launch template version to roll out to a group. That is the deployment's, while the group still uses what it is
 * expected to. If somebody has made another from the deployment's meanwhile, that one is rolled out: it keeps their change.
 * @throws GroupChangedExternally for any other: rolling out would overwrite it.
 */
export const templateToRollOut = async (
  context: StepContext,
  ec2: EC2Client,
  group: Group,
  expected: LaunchTemplateRef | undefined,
): Promise<LaunchTemplateRef | undefined> => {
  const { core, record } = context;
  const own = record.launchTemplate;
  if (record.kind === 'rollback' || expected === undefined) return own;
  if (isAt(group, expected) || isAt(group, own)) return own;
  await noteOtherTemplate(context, group);
  const found = group.launchTemplate;
  if (!found || !isNumbered(found.version) || !(await launchesVersion(ec2, group, record)))
    throw new GroupChangedExternally(overwriting(group, expected, record));
  const launchTemplate = { id: found.id, version: found.version };
  await core.records.warn(
    record.deployment,
    `${otherTemplateText(group)} It has the image of ${record.version}: it is rolled out as it is.`,
  );
  await core.records.set(record.deployment, { launchTemplate });
  return launchTemplate;
};

const overwriting = (
  group: Group,
  expected: LaunchTemplateRef,
  { application, version, deployment, bakedImage }: DeploymentRecord,
): string =>
  `${otherTemplateText(group)} It used version ${expected.version} before; to go on with ${version} would overwrite the change. ` +
  `Deploy again, and the new version is made from it: forseti ${bakedImage === undefined ? `deploy ${application} ${version}` : `resume-from ${deployment}`}`;

/** While a rollout replaces instances. @throws GroupChangedExternally where the group uses another template than expected. */
export const refuseOtherTemplate = async (
  context: StepContext,
  group: Group,
  expected: LaunchTemplateRef | undefined,
): Promise<void> => {
  const { record } = context;
  if (record.kind === 'rollback' || expected === undefined) return;
  if (isAt(group, expected) || isAt(group, record.launchTemplate)) return;
  await noteOtherTemplate(context, group);
  throw new GroupChangedExternally(overwriting(group, expected, record));
};
