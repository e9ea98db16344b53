import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { StepContext } from '../engine/context';
import { ImageGone, InvalidRequest, LaunchTemplateVersionGone, PreflightFailed } from '../engine/errors';
import type { Deadlines, DeploymentRecord } from '../engine/record';
import { lacksOf, templateTagsOf } from '../fleet/adoption';
import { describeGroup, type Group } from '../fleet/group';
import { describeTemplateVersion } from '../fleet/launchTemplates';
import { describeImage } from '../image/images';

export interface PreflightRollbackClients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
}

const minute = 60;
const hour = 60 * minute;

/**
 * Checks that the rollback has what it needs: the release's image and launch template version, and a group that accepts
 * changes. Policies and alarms are taken from that release, if its deployment is known.
 * @throws ImageGone, LaunchTemplateVersionGone, PreflightFailed
 */
export const preflightRollback = async (
  context: StepContext,
  clients: PreflightRollbackClients,
): Promise<{ timeouts: Deadlines }> => {
  const { record, core } = context;
  const { launchTemplate, bakedImage, target } = record;
  if (!launchTemplate || bakedImage === undefined || !target)
    throw new InvalidRequest(`Rollback ${record.deployment} has no release to go to.`);
  const [image, template, templateTags, group, released, lock] = await Promise.all([
    describeImage(clients.ec2, bakedImage),
    describeTemplateVersion(clients.ec2, launchTemplate),
    templateTagsOf(clients.ec2, launchTemplate.id),
    describeGroup(clients.autoScaling, record.group),
    core.records.find(deploymentOf(target.release)),
    core.locks.read(record.group),
  ]);
  const other = `Name another release: forseti rollback ${record.application} --to VERSION; or deploy ${record.version} again.`;
  if (image?.State !== 'available')
    throw new ImageGone(
      `Image ${bakedImage} of ${record.application} ${record.version} is ${image?.State ?? 'gone'}: nothing can be launched from it. ${other}`,
    );
  if (!template)
    throw new LaunchTemplateVersionGone(
      `Version ${launchTemplate.version} of launch template ${launchTemplate.id}, which is ${record.application} ${record.version}, is gone. ${other}`,
    );
  // A running deployment resumes the processes that it suspended when it is halted.
  const needed = [
    'Launch',
    'Terminate',
    ...(record.rollout === 'instance-refresh' ? ['InstanceRefresh'] : []),
  ];
  const { application } = record;
  const named = { id: launchTemplate.id, name: '', version: launchTemplate.version };
  const { region } = core.environment;
  const lacks = lacksOf({ application, region, group: { ...group, launchTemplate: named }, templateTags });
  const problems = [
    ...problemsOf(group, lock?.owner === undefined ? needed : [], region),
    ...lacks.map(({ problem, command }) => `${problem} If it is to: ${command}`),
  ];
  if (problems.length > 0)
    throw new PreflightFailed(`Group ${group.name} cannot be rolled back; nothing was touched.`, {
      problems,
    });
  const timeouts = timeoutsOf(record);
  const { id = '', version = '' } = group.launchTemplate ?? {};
  await core.records.set(record.deployment, {
    timeouts,
    groupTemplate: { id, version },
    ...(released?.settings && {
      settings: {
        ...record.settings,
        scaling: released.settings.scaling,
        rollback: { ...record.settings.rollback, alarms: released.settings.rollback.alarms },
      },
    }),
  });
  return { timeouts };
};

/** A release's sort key is `TIME#DEPLOYMENT`. */
const deploymentOf = (release: string): string => release.slice(release.indexOf('#') + 1);

/** @param needed processes without which no instance is replaced. */
const problemsOf = (
  { name, operator, launchTemplate, suspended }: Group,
  needed: readonly string[],
  region: string,
): string[] => [
  ...(operator === undefined
    ? []
    : [`Group ${name} is managed by ${operator}: AWS refuses other callers' changes.`]),
  ...(launchTemplate ? [] : [`Group ${name} uses no launch template.`]),
  ...suspended
    .filter((process) => needed.includes(process))
    .map(
      (process) =>
        `Process ${process} of group ${name} is suspended: AWS replaces nothing then. Resume it: ` +
        `aws autoscaling resume-processes --auto-scaling-group-name ${name} --scaling-processes ${process} --region ${region}`,
    ),
];

/** Before the rollout begins, the halted deployment has to undo what it did, and its commands have to end. */
const timeoutsOf = ({ settings: { rollout, provisioning } }: DeploymentRecord): Deadlines => ({
  Halt: provisioning.timeoutMinutes * minute + 2 * hour,
  RollBack: rollout.timeoutMinutes * minute + hour,
  Undo: 2 * hour,
  Restore: rollout.timeoutMinutes * minute + hour,
});
