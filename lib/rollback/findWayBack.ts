import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DescribeSnapshotsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { ApplicationSettings } from '../application/schema';
import { explainRefusal, isDenial } from '../aws/dryRun';
import { nameOf } from '../aws/failure';
import type { Core } from '../engine/core';
import type { DeploymentRecord, LaunchTemplateRef } from '../engine/record';
import type { Release } from '../engine/releases';
import type { DryRunAnswer } from '../engine/step';
import { activitiesSince, failedLaunches } from '../fleet/activities';
import { describeFleet } from '../fleet/adoption';
import { describeGroup, type Group } from '../fleet/group';
import { describeTemplateVersion } from '../fleet/launchTemplates';
import { describeImage } from '../image/images';
import { planTemplate } from './aimTemplate';
import { templateOfImage } from './templateOfImage';
import { unusableReleases } from './unusableReleases';
import { chooseWayBack, judgeWayBack, type WayBack, type WayBackFacts } from './wayBack';

export interface WayBackTools {
  readonly core: Core;
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly lambda: LambdaClient;
}

/** Launches that failed longer ago say nothing of now. */
const recentMs = 3_600_000;

/** Where a rollback of an application would go to now, and whether it could. It only reads, and tries with `DryRun`. */
export const findWayBack = async (
  application: string,
  settings: ApplicationSettings,
  tools: WayBackTools,
): Promise<WayBack> => {
  const { core, autoScaling, ec2 } = tools;
  const group = await describeGroup(autoScaling, settings.group);
  const now = core.clock();
  const [releases, lock, activities, present] = await Promise.all([
    core.releases.list(application),
    core.locks.read(settings.group),
    activitiesSince(autoScaling, group.name, now - recentMs),
    presentImage(ec2, group),
  ]);
  const [unusable, groupTemplate] = await Promise.all([
    unusableReleases(ec2, releases),
    templateOfImage(ec2, group.launchTemplate, releases),
  ]);
  const facts: WayBackFacts = {
    application,
    group,
    releases,
    groupTemplate,
    // A lost launch template version is replaced by the group's own, as a rollback does.
    unusable: group.launchTemplate
      ? new Map([...unusable].filter(([, { what }]) => what === 'image'))
      : unusable,
    busy: lock?.owner !== undefined,
    present,
    failedLaunches: failedLaunches(activities),
    now,
  };
  const choice = chooseWayBack(facts);
  const target = 'error' in choice ? undefined : choice.target;
  const [launchNow, back, parts] = await Promise.all([
    group.launchTemplate ? dryRun(tools, application, settings, {}) : undefined,
    target && tryBack(tools, application, settings, group, target),
    target ? partsOf(ec2, target.image) : [],
  ]);
  return judgeWayBack(facts, { now: launchNow, back }, parts);
};

/** The state of the image from which the group launches; one that a parameter names is not looked at. */
const presentImage = async (ec2: EC2Client, group: Group): Promise<WayBackFacts['present']> => {
  if (!group.launchTemplate) return undefined;
  const found = await describeTemplateVersion(ec2, group.launchTemplate);
  const image = found?.LaunchTemplateData?.ImageId;
  if (image?.startsWith('ami-') !== true) return undefined;
  return { image, state: (await describeImage(ec2, image))?.State ?? 'gone' };
};

/** As a rollback would launch it: from the release's own launch template version, or its image from the group's. */
const tryBack = async (
  tools: WayBackTools,
  application: string,
  settings: ApplicationSettings,
  group: Group,
  { version, image, launchTemplate }: Release,
): Promise<string | undefined> => {
  const planned = plannedRecord(application, settings, { version, bakedImage: image, launchTemplate });
  const { use } = await planTemplate(tools.ec2, planned, group);
  const own = group.launchTemplate ?? launchTemplate;
  return dryRun(
    tools,
    application,
    settings,
    use === 'release'
      ? { launchTemplate }
      : { launchTemplate: { id: own.id, version: own.version }, bakedImage: image },
  );
};

/** In no table, since nothing was started. */
const plannedRecord = (
  application: string,
  settings: ApplicationSettings,
  more: { version?: string; bakedImage?: string; launchTemplate?: LaunchTemplateRef },
): DeploymentRecord => ({
  deployment: `${application}-way-back`,
  item: 'record',
  kind: 'rollback',
  application,
  version: '',
  strategy: settings.strategy,
  rollout: 'instance-refresh',
  extraVars: {},
  execution: '',
  group: settings.group,
  settings,
  settingsVersion: 0,
  acceptedAt: 0,
  ...more,
});

/** RollBack tries the launch under its own role: with another role it would prove nothing. */
const dryRun = async (
  tools: WayBackTools,
  application: string,
  settings: ApplicationSettings,
  from: { readonly launchTemplate?: LaunchTemplateRef; readonly bakedImage?: string },
): Promise<string | undefined> => {
  const { core, lambda } = tools;
  const { service, stage, region } = core.environment;
  const record = plannedRecord(application, settings, from);
  const { FunctionError: failed, Payload: payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: `${service}-${stage}-RollBack`,
      Payload: new TextEncoder().encode(
        JSON.stringify({ deployment: record.deployment, dryRun: true, record }),
      ),
    }),
  );
  const text = new TextDecoder().decode(payload);
  if (failed !== undefined) return `Whether an instance can be launched could not be tried: ${text}`;
  const { problem } = JSON.parse(text) as DryRunAnswer;
  if (problem === undefined) return undefined;
  return explainRefusal('RollBack', problem, {
    lead: `AWS refuses to launch an instance of group ${settings.group}`,
    missingTags: isDenial(problem)
      ? (await describeFleet(tools, application, settings.group, region)).map(({ command }) => command)
      : [],
  });
};

/** What is wrong with the snapshots of an image. One in the archive tier has to be restored before it can be used. */
const partsOf = async (ec2: EC2Client, image: string): Promise<string[]> => {
  const found = await describeImage(ec2, image);
  const ids = (found?.BlockDeviceMappings ?? []).flatMap(({ Ebs: volume }) => volume?.SnapshotId ?? []);
  if (ids.length === 0) return [];
  try {
    const { Snapshots: snapshots = [] } = await ec2.send(
      new DescribeSnapshotsCommand({ Filters: [{ Name: 'snapshot-id', Values: ids }] }),
    );
    return ids.flatMap((id) => {
      const snapshot = snapshots.find(({ SnapshotId }) => SnapshotId === id);
      if (!snapshot) return [`snapshot ${id} of image ${image} is gone, or not readable.`];
      if (snapshot.State !== undefined && snapshot.State !== 'completed')
        return [`snapshot ${id} of image ${image} is ${snapshot.State}.`];
      return snapshot.StorageTier === 'archive'
        ? [`snapshot ${id} of image ${image} is archived: restore it first.`]
        : [];
    });
  } catch (error) {
    return [`the snapshots of image ${image} could not be read: ${nameOf(error)}`];
  }
};
