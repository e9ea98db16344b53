import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { Channels } from '../reporting/channels';
import type { ApplicationSettings } from '../application/schema';
import type { Core } from '../engine/core';
import type { DeploymentRecord, LaunchTemplateRef } from '../engine/record';
import { describeGroup } from '../fleet/group';
import { keepWarm } from '../engine/warmth';
import { notify } from '../reporting/notify';
import { type Choice, chooseRelease } from './chooseRelease';
import type { Question } from './releaseQuestion';
import { refuseOutdated } from './refuseOutdated';
import { parseRollbackRequest, type RollbackRequest } from './request';
import { templateOfImage } from './templateOfImage';
import { unusableReleases } from './unusableReleases';

export interface AcceptRollbackEvent {
  /** The execution's name, which names the rollback. */
  readonly deployment: string;
  readonly execution: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly input: unknown;
}

export interface AcceptRollbackTools {
  readonly core: Core;
  readonly channels: Channels;
  readonly lambda: LambdaClient;
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly readSettings: (application: string) => Promise<{ settings: ApplicationSettings; version: number }>;
}

/** What travels between the states. */
export interface AcceptedRollback {
  readonly deployment: string;
  readonly application: string;
  readonly version: string;
}

/**
 * Parses the request, loads the settings, chooses the release to go to, writes the record. If no release can be chosen,
 * the record is written too, so that the application's own topics are notified.
 * @throws InvalidRequest, UnknownApplication, NoRelease, NoGoodRelease, UnknownVersion, ImageGone, LaunchTemplateVersionGone,
 *   AlreadyRolledBack, AlarmOutdated
 */
export const acceptRollback = async (
  event: AcceptRollbackEvent,
  tools: AcceptRollbackTools,
): Promise<AcceptedRollback> => {
  const { core } = tools;
  const request = parseRollbackRequest(event.input);
  const read = await tools.readSettings(request.application);
  const plain = rollbackRecord(request, read, event);
  const [releases, group, lock] = await Promise.all([
    core.releases.list(request.application),
    describeGroup(tools.autoScaling, read.settings.group),
    core.locks.read(read.settings.group),
  ]);
  const [running, unusable, groupTemplate] = await Promise.all([
    lock?.deployment === undefined ? undefined : core.records.find(lock.deployment),
    unusableReleases(tools.ec2, releases),
    templateOfImage(tools.ec2, group.launchTemplate, releases),
  ]);
  const deploying =
    running?.kind === 'deployment' && running.closedAt === undefined && running.completedAt === undefined;
  const choose = () =>
    chooseRelease({
      application: request.application,
      releases,
      group: read.settings.group,
      version: request.version,
      deploying,
      automatic: request.alarm !== undefined,
      groupTemplate,
      members: group.instances,
      unusable: withoutTemplates(unusable, group.launchTemplate),
      now: Date.parse(event.startedAt),
    });
  let choice: Choice;
  try {
    if (request.alarm !== undefined)
      refuseOutdated({
        application: request.application,
        alarm: request.alarm,
        releases,
        running: running?.closedAt === undefined ? running : undefined,
      });
    choice = choose();
  } catch (error) {
    await core.records.create(plain);
    throw error;
  }
  const created = await core.records.create({ ...plain, ...aimedAt(choice) });
  await Promise.all([
    notify(tools.channels, core.environment, { kind: 'started', record: created }),
    keepWarm(tools.lambda, core.environment, 'rollback'),
  ]);
  return { deployment: created.deployment, application: created.application, version: created.version };
};

/**
 * A release whose launch template version is gone still has its image, which PreflightRollback puts into the group's own
 * launch template.
 */
const withoutTemplates = (
  unusable: Question['unusable'],
  groupTemplate: LaunchTemplateRef | undefined,
): Question['unusable'] =>
  groupTemplate ? new Map([...unusable].filter(([, { what }]) => what === 'image')) : unusable;

/**
 * @param current what the fleet runs, if that is good: a rollback that fails brings the fleet back to it. Without it
 *   the target is the only release that the fleet can go to.
 */
const aimedAt = ({
  target,
  name,
  current,
  withdraws,
  passedOver,
  innocent,
}: Choice): Pick<
  DeploymentRecord,
  'version' | 'target' | 'bakedImage' | 'launchTemplate' | 'baseline' | 'warnings'
> => {
  const { version, image, launchTemplate } = current ?? target;
  const warnings = [
    ...(innocent === undefined
      ? []
      : [
          `No instance has run ${innocent}, so the alarm is about what runs already: somebody has to look for its cause.`,
        ]),
    ...passedOver,
  ];
  return {
    version: target.version,
    target: {
      release: target.release,
      ...(name !== target.version && { name }),
      withdraws: withdraws.map(({ release }) => release),
    },
    ...(warnings.length > 0 && { warnings }),
    bakedImage: target.image,
    launchTemplate: target.launchTemplate,
    baseline: { version, image, launchTemplate },
  };
};

/** A fleet is replaced even if its settings say rollout `none`: a rollback has no other way to change what runs. */
const rollbackRecord = (
  request: RollbackRequest,
  { settings, version }: { settings: ApplicationSettings; version: number },
  event: AcceptRollbackEvent,
): DeploymentRecord => ({
  deployment: event.deployment,
  item: 'record',
  kind: 'rollback',
  due: 'open',
  application: request.application,
  version: request.version ?? 'the last good release',
  strategy: settings.strategy,
  rollout: settings.rollout.strategy === 'surge' ? 'surge' : 'instance-refresh',
  extraVars: {},
  ...(request.version !== undefined && { named: true }),
  ...(request.fast === true && { fast: true }),
  ...(request.template !== undefined && { template: request.template }),
  ...(request.reason !== undefined && { reason: request.reason }),
  ...(request.requestedBy !== undefined && { requestedBy: request.requestedBy }),
  ...(request.alarm !== undefined && { alarm: request.alarm }),
  execution: event.execution,
  group: settings.group,
  settings,
  settingsVersion: version,
  acceptedAt: Date.parse(event.startedAt),
});
