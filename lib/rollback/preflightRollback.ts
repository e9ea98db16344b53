import type { EC2Client } from '@aws-sdk/client-ec2';
import type { StepContext } from '../engine/context';
import { ImageGone, InvalidRequest, LaunchTemplateVersionGone, PreflightFailed } from '../engine/errors';
import { goesForward } from '../engine/forward';
import type { Deadlines, DeploymentRecord } from '../engine/record';
import { lacksOf, templateTagsOf } from '../fleet/adoption';
import { describeGroup, type Group } from '../fleet/group';
import { describeImage } from '../image/images';
import type { ChangesClients } from '../scaling/changes';
import { planTemplate } from './aimTemplate';
import { deploymentOf } from './deploymentOf';
import { scalingBack } from './scalingBack';
import type { KnownTemplate } from './templateBack';

export type PreflightRollbackClients = ChangesClients & { readonly ec2: EC2Client };

const minute = 60;
const hour = 60 * minute;

/**
 * Checks that the rollback has what it needs: the release's image, a launch template to launch it from, and a group that
 * accepts changes. Policies and alarms are taken from that release, if its deployment is known, as far as they fit the
 * fleet as it is now. What goes back besides the image is noted.
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
  const [image, group, released, lock] = await Promise.all([
    describeImage(clients.ec2, bakedImage),
    describeGroup(clients.autoScaling, record.group),
    core.records.find(deploymentOf(target.release)),
    core.locks.read(record.group),
  ]);
  const other = `Name another release: forseti rollback ${record.application} --to VERSION; or deploy ${record.version} again.`;
  if (image?.State !== 'available')
    throw new ImageGone(
      `Image ${bakedImage} of ${record.application} ${record.version} is ${image?.State ?? 'gone'}: nothing can be launched from it. ${other}`,
    );
  const [template, scaling] = await Promise.all([
    planTemplate(clients.ec2, record, group),
    scalingBack(context, released?.settings, group, clients),
  ]);
  if (template.use === 'release' && template.released.data === undefined)
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
  const source = template.use === 'release' ? launchTemplate : (group.launchTemplate ?? launchTemplate);
  const named = { id: source.id, name: '', version: source.version };
  const templateTags = await templateTagsOf(clients.ec2, source.id);
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
    besides: { template: template.lines, scaling: scaling.lines },
    settings: {
      ...record.settings,
      scaling: scaling.scaling,
      ...(released?.settings && {
        rollback: { ...record.settings.rollback, alarms: released.settings.rollback.alarms },
      }),
    },
    ...keptBaseline(record, group, template.current),
  });
  return { timeouts };
};

/**
 * What a rollback that fails comes back to: what the group launches from now, where that is the release that runs. Its
 * launch template may have been changed since that release was deployed.
 */
const keptBaseline = (
  record: DeploymentRecord,
  { launchTemplate }: Group,
  current: KnownTemplate | undefined,
): Pick<DeploymentRecord, 'baseline'> => {
  const { baseline } = record;
  if (!baseline || !launchTemplate || !current || goesForward(record)) return {};
  if (baseline.image === undefined || current.data?.ImageId !== baseline.image) return {};
  return { baseline: { ...baseline, launchTemplate: { id: current.id, version: current.version } } };
};

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
