import { type AutoScalingClient, DescribeLifecycleHooksCommand } from '@aws-sdk/client-auto-scaling';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  type _InstanceType,
  DescribeInstanceTypesCommand,
  type EC2Client,
  paginateDescribeInstances,
  paginateDescribeInstanceStatus,
} from '@aws-sdk/client-ec2';
import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetServiceQuotaCommand, type ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { findAlarms } from '../../aws/alarms';
import { nameOf } from '../../aws/failure';
import { chunks } from '../../aws/chunks';
import { templateTagsOf } from '../../fleet/adoption';
import { describeScheduledActions } from '../../fleet/scheduledActions';
import { describeGroup, type Group } from '../../fleet/group';
import { describeInstances } from '../../fleet/instances';
import { describeTemplateVersion, versionTagOf } from '../../fleet/launchTemplates';
import { scalingChanges } from '../../scaling/changes';
import { alarmNames } from '../../scaling/names';
import { imageFrom } from '../../engine/imageFrom';
import type { StepContext } from '../../engine/context';
import { documentOf } from './document';
import { extraInstances } from './estimate';
import type { LaunchTemplateRef } from '../../engine/record';
import type { PreflightFacts, VolumeSize } from './facts';
import { agentsOf, imageOf, refreshOf, targetHealthFor } from './gatherMoving';
import { type Agent, movingOf } from './moving';
import type { PreflightClients } from './clients';
import { quotaOf } from './quotas';
import { snapshotsOf, statedVolumes } from './volumes';

export interface GatherOptions {
  /** The states' own dry runs. */
  readonly dryRuns: () => Promise<PreflightFacts['dryRuns']>;
  /** Whether policies and alarms are compared although the settings hold none: some may have to be removed. */
  readonly allScaling?: boolean;
}

/** Reads everything that the checks need; changes nothing. Independent reads run in parallel. */
export const gatherPreflight = async (
  context: Pick<StepContext, 'core' | 'record' | 'settings'>,
  clients: PreflightClients,
  { dryRuns, allScaling = false }: GatherOptions,
): Promise<PreflightFacts> => {
  const { record, settings, core } = context;
  const group = await describeGroup(clients.autoScaling, record.group);
  const inService = group.instances.filter(({ lifecycle }) => lifecycle === 'InService').map(({ id }) => id);
  const from = imageFrom(record);
  const provisioned = from === 'fleet';
  const type = group.instances.find((instance) => instance.type !== undefined)?.type;
  const extra = extraInstances(record, settings, inService.length);
  const [
    described,
    template,
    templateTags,
    targets,
    refresh,
    hooks,
    gates,
    image,
    release,
    quota,
    agents,
    maintenance,
    document,
    actions,
    freezes,
    health,
    scaling,
    tried,
  ] = await Promise.all([
    describeInstances(clients.ec2, inService),
    templateOf(clients.ec2, group),
    templateTagsOf(clients.ec2, group.launchTemplate?.id),
    targetGroupsOf(clients.elb, group.targetGroupArns),
    refreshOf(clients.autoScaling, group.name),
    hooksOf(clients.autoScaling, group.name),
    gatesOf(clients.cloudWatch, context),
    record.image === undefined ? undefined : imageOf(clients.ec2, record.image),
    releaseOf(clients.ec2, context, group),
    extra > 0 && type !== undefined ? quotaFacts(clients, type) : undefined,
    provisioned || from === 'running' ? agentsOf(clients.ssm, inService) : new Map<string, Agent>(),
    provisioned ? maintenanceOf(clients.ec2, inService) : [],
    provisioned || from === 'builder' ? documentOf(clients.ssm, context) : undefined,
    provisioned || record.rollout === 'surge'
      ? describeScheduledActions(clients.autoScaling, group.name)
      : [],
    core.freezes.of(record.application, core.clock()),
    targetHealthFor(clients.elb, record, group),
    allScaling || definesScaling(settings) ? scalingOf(context, clients) : undefined,
    dryRuns(),
  ]);
  const architecture =
    image && template?.imageId !== undefined
      ? await architectureOf(clients.ec2, template.imageId)
      : undefined;
  const isWhole = release.lastGood !== undefined && release.lacksImage.length === 0;
  const present = template?.imageId;
  const presentImage =
    isWhole || present?.startsWith('ami-') !== true ? undefined : await imageOf(clients.ec2, present);
  const launched = imagesLaunched(record, settings, template?.imageId);
  const snapshots = template?.volumes.length ? await snapshotsOf(clients.ec2, launched) : [];
  return {
    now: core.clock(),
    group,
    template,
    templateTags,
    members: described.map(({ id, zone, type: instanceType, tags }) => ({
      id,
      zone,
      type: instanceType,
      tags,
    })),
    agents,
    maintenance,
    scheduledActions: actions,
    lifecycleHooks: hooks,
    refreshInProgress: refresh?.id,
    moving: movingOf(
      { record, seals: settings.image.seal },
      {
        now: core.clock(),
        group,
        members: described,
        agents,
        refresh,
        images: [...(image ? [image] : []), ...(release.image ? [release.image] : [])],
        health,
      },
    ),
    ...targets,
    gates,
    image,
    architecture,
    quota,
    lastGood: release.lastGood,
    lastGoodLacks: [
      ...release.lacksImage,
      // If the group uses the image already, it goes back to its own template version: the release's need not exist.
      ...(template?.imageId === release.lastGood?.image ? [] : release.lacksTemplate),
    ],
    presentImage,
    document,
    scaling,
    snapshots,
    freezes,
    dryRuns: tried,
  };
};

/** Images that are launched with the template's volumes: the group's own, and what the new one begins with. */
const imagesLaunched = (
  record: Pick<StepContext['record'], 'strategy' | 'image' | 'imageFrom'>,
  { builder }: Pick<StepContext['settings'], 'builder'>,
  own: string | undefined,
): string[] => {
  const asked = imageFrom(record) === 'builder' ? builder.baseImage : record.image;
  return [...new Set([own, asked].flatMap((image) => image ?? []))].filter((image) =>
    image.startsWith('ami-'),
  );
};

const definesScaling = ({ scaling }: Pick<StepContext['settings'], 'scaling'>): boolean =>
  Object.keys(scaling.policies).length + Object.keys(scaling.alarms).length > 0;

const scalingOf = (
  { record, settings, core }: Pick<StepContext, 'core' | 'record' | 'settings'>,
  clients: PreflightClients,
): Promise<PreflightFacts['scaling']> =>
  scalingChanges(
    settings,
    { stage: core.environment.stage, application: record.application, group: record.group },
    clients,
  );

/** The fleet's last good release, and what of it is missing: its image may have been deregistered meanwhile. */
const releaseOf = async (
  ec2: EC2Client,
  { core, record }: Pick<StepContext, 'core' | 'record'>,
  group: Pick<Group, 'launchTemplate'>,
) => {
  const fleet = { group: record.group, launchTemplate: group.launchTemplate?.id };
  const lastGood = await core.releases.lastGood(record.application, fleet);
  if (!lastGood) return { lastGood, image: undefined, lacksImage: [], lacksTemplate: [] };
  const { image: id, launchTemplate } = lastGood;
  const [image, template] = await Promise.all([imageOf(ec2, id), templateOf(ec2, { launchTemplate })]);
  return {
    lastGood,
    image,
    lacksImage: image?.state === 'available' ? [] : [`image ${id} (${image?.state ?? 'gone'})`],
    lacksTemplate: template
      ? []
      : [`version ${launchTemplate.version} of launch template ${launchTemplate.id} (gone)`],
  };
};

const templateOf = async (
  ec2: EC2Client,
  { launchTemplate }: { readonly launchTemplate: LaunchTemplateRef | undefined },
): Promise<
  (NonNullable<PreflightFacts['template']> & { readonly volumes: readonly VolumeSize[] }) | undefined
> => {
  if (!launchTemplate || !/^\d+$/.test(launchTemplate.version)) return undefined;
  const found = await describeTemplateVersion(ec2, launchTemplate);
  return (
    found && {
      id: launchTemplate.id,
      name: found.LaunchTemplateName ?? launchTemplate.id,
      version: launchTemplate.version,
      imageId: found.LaunchTemplateData?.ImageId,
      instanceType: found.LaunchTemplateData?.InstanceType,
      versionTag: versionTagOf(found.LaunchTemplateData),
      volumes: statedVolumes(found.LaunchTemplateData?.BlockDeviceMappings),
    }
  );
};

const targetGroupsOf = async (
  elb: ElasticLoadBalancingV2Client,
  arns: readonly string[],
): Promise<Pick<PreflightFacts, 'targetGroups' | 'unknownTargetGroups'>> => {
  const found = await Promise.all(
    arns.map(async (arn) => {
      try {
        const [{ TargetGroups: [group] = [] }, { Attributes: attributes = [] }] = await Promise.all([
          elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] })),
          elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn })),
        ]);
        const delay = attributes.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds')?.Value;
        return {
          arn,
          deregistrationDelaySeconds: Number(delay ?? 300),
          secondsToHealthy: (group?.HealthCheckIntervalSeconds ?? 30) * (group?.HealthyThresholdCount ?? 5),
        };
      } catch (error) {
        if (nameOf(error) === 'TargetGroupNotFoundException') return arn;
        throw error;
      }
    }),
  );
  return {
    targetGroups: found.filter((group) => typeof group !== 'string'),
    unknownTargetGroups: found.filter((group) => typeof group === 'string'),
  };
};

const hooksOf = async (
  autoScaling: AutoScalingClient,
  group: string,
): Promise<PreflightFacts['lifecycleHooks']> => {
  const { LifecycleHooks: hooks = [] } = await autoScaling.send(
    new DescribeLifecycleHooksCommand({ AutoScalingGroupName: group }),
  );
  return hooks.map((hook) => ({
    name: hook.LifecycleHookName ?? '',
    heartbeatSeconds: hook.HeartbeatTimeout ?? 3_600,
  }));
};

/** Alarms that the settings themselves define may not exist before their first deployment: SetScaling makes them. */
const gatesOf = async (
  cloudWatch: CloudWatchClient,
  context: Pick<StepContext, 'core' | 'record' | 'settings'>,
): Promise<PreflightFacts['gates']> => {
  const gates = alarmNames(context.core.environment.stage, context.record.application, context.settings);
  if (gates.length === 0) return [];
  const { all } = await findAlarms(cloudWatch, { AlarmNames: gates.map(({ fullName }) => fullName) });
  const states = new Map(all.map((alarm) => [alarm.AlarmName, alarm.StateValue]));
  return gates.map(({ fullName, own }) => ({
    name: fullName,
    state: states.get(fullName) ?? (own ? 'INSUFFICIENT_DATA' : undefined),
  }));
};

const architectureOf = async (ec2: EC2Client, imageId: string): Promise<string | undefined> =>
  (await imageOf(ec2, imageId))?.architecture;

const maintenanceOf = async (
  ec2: EC2Client,
  ids: readonly string[],
): Promise<PreflightFacts['maintenance']> => {
  const found: { instance: string; code: string; notBefore: number }[] = [];
  await Promise.all(
    chunks(ids, 100).map(async (InstanceIds) => {
      for await (const page of paginateDescribeInstanceStatus({ client: ec2 }, { InstanceIds }))
        for (const status of page.InstanceStatuses ?? [])
          for (const event of status.Events ?? [])
            // AWS keeps events that are over for a week, and marks them so.
            if (!/^\[(Completed|Canceled)\]/.test(event.Description ?? ''))
              found.push({
                instance: status.InstanceId ?? '',
                code: event.Code ?? '',
                notBefore: event.NotBefore?.getTime() ?? 0,
              });
    }),
  );
  return found;
};

/** How many vCPUs of the type's family the account may run, and runs; undefined if the family is not known. */
export const quotaFacts = async (
  clients: Pick<PreflightClients, 'ec2' | 'quotas'>,
  type: string,
): Promise<PreflightFacts['quota']> => {
  const quota = quotaOf(type);
  if (!quota) return undefined;
  const used = async (): Promise<{ vcpus: number }> => {
    let vcpus = 0;
    const pages = paginateDescribeInstances(
      { client: clients.ec2, pageSize: 1000 },
      { Filters: [{ Name: 'instance-state-name', Values: ['pending', 'running'] }] },
    );
    for await (const page of pages)
      for (const instance of (page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []))
        if (instance.InstanceLifecycle === undefined && quotaOf(instance.InstanceType ?? '') === quota)
          vcpus += (instance.CpuOptions?.CoreCount ?? 1) * (instance.CpuOptions?.ThreadsPerCore ?? 1);
    return { vcpus };
  };
  const [limit, { vcpus }, { InstanceTypes: [described] = [] }] = await Promise.all([
    limitOf(clients.quotas, quota),
    used(),
    // The SDK lists the types that it knew when it was released; AWS may know more.
    clients.ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: [type as _InstanceType] })),
  ]);
  return {
    code: quota,
    limitVcpus: limit ?? Number.POSITIVE_INFINITY,
    usedVcpus: vcpus,
    vcpusPerInstance: described?.VCpuInfo?.DefaultVCpus ?? 1,
  };
};

/** Undefined if the account has no applied value of the quota: Service Quotas then reports an unknown resource. */
const limitOf = async (quotas: ServiceQuotasClient, code: string): Promise<number | undefined> => {
  try {
    const { Quota: quota } = await quotas.send(
      new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: code }),
    );
    return quota?.Value;
  } catch (error) {
    if (nameOf(error) !== 'NoSuchResourceException') throw error;
    return undefined;
  }
};
