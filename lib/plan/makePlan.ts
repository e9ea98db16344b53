import {
  DescribeImagesCommand,
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { StoredSettings } from '../application/store';
import { messageOf } from '../aws/failure';
import { acceptedRecord, refuseWithoutApproval } from '../deployment/accept';
import { imageFrom } from '../engine/imageFrom';
import type { Core } from '../engine/core';
import { expectedSteps, transitionsOf } from '../engine/path';
import type { Check } from '../deployment/preflight/check';
import { runChecks } from '../deployment/preflight/checks';
import { extraInstances } from '../deployment/preflight/estimate';
import { concurrency } from '../provisioning/concurrency';
import type { PreflightFacts } from '../deployment/preflight/facts';
import type { CheckClients } from '../deployment/preflight/clients';
import { gatherPreflight } from '../deployment/preflight/gather';
import { dryRuns } from '../deployment/preflight/preflight';
import type { DeploymentRecord } from '../engine/record';
import { resumedRequest } from '../deployment/resume';
import type { WayBack } from '../rollback/wayBack';
import { templateData } from '../rollout/swapLaunchTemplate';
import type { ScalingChange } from '../scaling/diff';
import { callsOf, instancesText } from './calls';
import { estimateCost } from './cost';
import { alike, type Estimate, estimateDuration, precedentOf } from './duration';
import { diffFields } from '../fleet/fields';
import type { DeploymentPlan, PlannedStep } from './plan';
import { pricesOf } from './prices';
import { parsePlanRequest, type PlanRequest, pricesFor } from './request';

export interface PlanTools {
  readonly core: Core;
  readonly clients: CheckClients;
  readonly readSettings: (application: string) => Promise<StoredSettings>;
}

/** Half a year of history tells; what is older is another application. */
const historyMs = 180 * 86_400_000;

/**
 * What a deployment would find and do, by the functions that find and do it. It only reads, and tries with `DryRun`: nothing is
 * written anywhere.
 * @throws InvalidRequest, UnknownApplication, FleetUnsettled where there is no such group
 */
export const makePlan = async (input: unknown, tools: PlanTools): Promise<DeploymentPlan> => {
  const request = parsePlanRequest(input);
  const record = await plannedRecord(request, tools);
  const context = { record, settings: record.settings, core: tools.core };
  const [facts, held, precedents, back] = await Promise.all([
    gatherPreflight(context, tools.clients, {
      dryRuns: () => dryRuns(context, tools.clients.lambda, { record }),
      allScaling: true,
    }),
    lockCheck(record, tools),
    precedentsOf(record, tools),
    launchNow(record, tools),
  ]);
  const template = await templateOf(record, facts, tools.clients.ec2);
  const changes = facts.scaling?.changes ?? [];
  // What Accept and Lock refuse, and then Preflight's own list.
  const checks = [
    ...approvalCheck(record),
    ...held,
    ...runChecks({ record, settings: record.settings, facts }),
    ...back,
  ];
  const estimate = estimateDuration(precedents, durationSubject(record, facts));
  const { stateSeconds, ...duration } = estimate;
  const extra = extraInstances(record, record.settings, facts.members.length);
  return {
    application: record.application,
    version: record.version,
    group: record.group,
    settingsVersion: record.settingsVersion,
    strategy: record.strategy,
    rollout: record.rollout,
    ready: checks.every(({ problem }) => problem === undefined),
    checks,
    ...(template.launchTemplate && { launchTemplate: template.launchTemplate }),
    scaling: changes.map(({ kind, change, name, before, wrote }) => ({
      kind,
      change,
      name,
      fields: diffFields(before ?? {}, wrote ?? {}),
    })),
    steps: stepsOf(record, facts, changes, stateSeconds, tools.core.environment.region),
    instances: { inService: facts.members.length, extra },
    transitions: transitionsOf(record),
    duration,
    cost: costOf(request, record, { facts, extra, estimate, imageGib: template.imageGib }),
  };
};

/** As Accept would make it; it is in no table. */
const plannedRecord = async (
  request: PlanRequest,
  { core, readSettings }: PlanTools,
): Promise<DeploymentRecord> => {
  const [settings, resumed] = await Promise.all([
    readSettings(request.application),
    request.resumeFrom === undefined ? undefined : core.records.find(request.resumeFrom),
  ]);
  return acceptedRecord(resumedRequest(request, resumed), settings, {
    deployment: `${request.application}-plan`,
    arn: '',
    acceptedAt: core.clock(),
  });
};

/** What refuses a request before its preflight. */
const approvalCheck = (record: DeploymentRecord): Check[] => {
  try {
    refuseWithoutApproval(record);
    return [];
  } catch (error) {
    return [{ name: 'approval', found: record.rollout, problem: messageOf(error) }];
  }
};

/**
 * Whether the group could launch an instance right now, and what else stands in the way of going back. It refuses no
 * deployment: the new version may be what mends it.
 */
const launchNow = async (
  { application }: DeploymentRecord,
  { core, clients }: PlanTools,
): Promise<Check[]> => {
  const { service, stage } = core.environment;
  const { FunctionError: failed, Payload: payload } = await clients.lambda.send(
    new InvokeCommand({
      FunctionName: `${service}-${stage}-WayBack`,
      Payload: new TextEncoder().encode(JSON.stringify({ application })),
    }),
  );
  const text = new TextDecoder().decode(payload);
  const name = 'way back';
  if (failed !== undefined) return [{ name, found: `could not be looked at: ${text.slice(0, 200)}` }];
  const { applications } = JSON.parse(text) as { readonly applications: readonly WayBack[] };
  const problems = applications.flatMap((one) => one.problems);
  return [
    {
      name,
      found:
        problems.length === 0 ? 'the group can launch an instance now' : `Warning: ${problems.join(' ')}`,
    },
  ];
};

const lockCheck = async (
  { group, concurrency, application, version }: DeploymentRecord,
  { core }: PlanTools,
): Promise<Check[]> => {
  const lock = await core.locks.read(group);
  if (lock?.owner === undefined) return [{ name: 'lock', found: 'free' }];
  const holder = lock.deployment ?? lock.owner;
  if (concurrency === 'queue-latest') return [{ name: 'lock', found: `would wait for ${holder}` }];
  return [
    {
      name: 'lock',
      found: holder,
      problem: `${holder} is in progress on group ${group}; wait for its end, or halt it: forseti halt ${application} --reason "${version} instead"`,
    },
  ];
};

const precedentsOf = async (record: DeploymentRecord, { core }: PlanTools) => {
  const records = await core.records.since(record.application, record.acceptedAt - historyMs);
  return Promise.all(
    alike(records, record).map(async (past) => precedentOf(past, await core.records.steps(past.deployment))),
  );
};

/** The diff of the launch template version that would be made, and how much its image's volumes hold. */
const templateOf = async (
  record: DeploymentRecord,
  { template }: PreflightFacts,
  ec2: EC2Client,
): Promise<Pick<DeploymentPlan, 'launchTemplate'> & { readonly imageGib: number }> => {
  if (!template) return { imageGib: 0 };
  const [{ LaunchTemplateVersions: [found] = [] }, imageGib] = await Promise.all([
    ec2.send(
      new DescribeLaunchTemplateVersionsCommand({
        LaunchTemplateId: template.id,
        Versions: [template.version],
      }),
    ),
    gibOf(ec2, template.imageId),
  ]);
  const source = found?.LaunchTemplateData;
  const image = record.image ?? `(the image of ${record.version})`;
  const deployment = '(the deployment)';
  const fresh = { ...source, ...templateData({ ...record, deployment }, image, source) };
  return {
    imageGib,
    launchTemplate: {
      id: template.id,
      name: template.name,
      from: template.version,
      fields: diffFields(source, fresh),
    },
  };
};

/** By a filter: EC2 would refuse an id that is gone. */
const gibOf = async (ec2: EC2Client, imageId: string | undefined): Promise<number> => {
  if (imageId === undefined) return 0;
  const { Images: [image] = [] } = await ec2.send(
    new DescribeImagesCommand({ Filters: [{ Name: 'image-id', Values: [imageId] }] }),
  );
  return (image?.BlockDeviceMappings ?? []).reduce(
    (sum, { Ebs: volume }) => sum + (volume?.VolumeSize ?? 0),
    0,
  );
};

const durationSubject = (record: DeploymentRecord, { members, targetGroups }: PreflightFacts) => ({
  record,
  settings: record.settings,
  instances: members.length,
  secondsToHealthy: Math.max(0, ...targetGroups.map((group) => group.secondsToHealthy)),
  deregistrationDelaySeconds: Math.max(0, ...targetGroups.map((group) => group.deregistrationDelaySeconds)),
});

const stepsOf = (
  record: DeploymentRecord,
  { group, members }: PreflightFacts,
  scaling: readonly ScalingChange[],
  stateSeconds: Estimate['stateSeconds'],
  region: string,
): PlannedStep[] => {
  const instances = members.length;
  const subject = { record, group, instances, scaling, region };
  const atOnce = concurrency(record.settings.provisioning.maxConcurrency, instances);
  return expectedSteps(record).map((state) => {
    const text = instancesText(state, { ...subject, atOnce });
    const seconds = stateSeconds[state];
    return {
      state,
      calls: callsOf(state, subject),
      ...(text !== undefined && { instances: text }),
      ...(seconds !== undefined && seconds > 0 && { seconds }),
    };
  });
};

interface CostFacts {
  readonly facts: PreflightFacts;
  readonly extra: number;
  readonly estimate: Estimate;
  readonly imageGib: number;
}

/** A type whose vCPUs nobody asked for has the commonest number. */
const assumedVcpus = 2;

const costOf = (
  request: PlanRequest,
  record: DeploymentRecord,
  { facts, extra, estimate, imageGib }: CostFacts,
): DeploymentPlan['cost'] => {
  const prices = pricesFor(request);
  const cost = estimateCost(
    {
      record,
      settings: record.settings,
      extraInstances: imageFrom(record) === 'builder' && record.rollout === 'none' ? 0 : extra,
      vcpusPerInstance: facts.quota?.vcpusPerInstance ?? assumedVcpus,
      stateSeconds: estimate.stateSeconds,
      imageGib,
    },
    prices,
  );
  return { ...cost, prices, source: pricesOf };
};
