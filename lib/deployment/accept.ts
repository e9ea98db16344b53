import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { Channels } from '../reporting/channels';
import type { Concurrency } from '../application/concurrencies';
import type { ApplicationSettings, RolloutStrategy } from '../application/schema';
import { commitOption } from '../application/version';
import type { Table } from '../aws/table';
import { notify } from '../reporting/notify';
import type { Core } from '../engine/core';
import { InvalidRequest, Superseded } from '../engine/errors';
import { type ImageFrom, imageFrom, verifiesImage } from '../engine/imageFrom';
import { orderOf, whyNewer } from '../engine/requestOrder';
import { resumedRequest } from './resume';
import type { DeploymentRecord } from '../engine/record';
import { type DeployRequest, parseDeployRequest } from './request';
import { keepWarm } from '../engine/warmth';

export interface AcceptEvent {
  /** The execution's name, which names the deployment. */
  readonly deployment: string;
  readonly execution: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly input: unknown;
}

/** Item `latest#APPLICATION` of the requests table: the newest tag request that was accepted. */
export interface LatestItem {
  readonly key: string;
  readonly pushedAt: number;
  /** See lib/engine/requestOrder.ts; absent in items that an older Forseti wrote. */
  readonly order?: string;
  readonly deployment: string;
}

export interface AcceptTools {
  readonly core: Core;
  readonly channels: Channels;
  readonly lambda: LambdaClient;
  readonly latest: Table<LatestItem>;
  readonly readSettings: (application: string) => Promise<{ settings: ApplicationSettings; version: number }>;
}

/** What travels between the states. */
export interface Accepted {
  readonly deployment: string;
  readonly application: string;
  readonly version: string;
  readonly imageFrom: ImageFrom;
  /** Whether a person has to approve the rest of the rollout. */
  readonly approval: boolean;
  readonly verifyImage: boolean;
}

/** @throws InvalidRequest, UnknownApplication, Superseded */
export const accept = async (event: AcceptEvent, tools: AcceptTools): Promise<Accepted> => {
  const { core } = tools;
  const request = notAhead(parseDeployRequest(event.input), Date.parse(event.startedAt));
  const [settings, resumed] = await Promise.all([
    tools.readSettings(request.application),
    request.resumeFrom === undefined ? undefined : core.records.find(request.resumeFrom),
  ]);
  const { deployment, execution, startedAt } = event;
  const accepted = acceptedRecord(resumedRequest(request, resumed), settings, {
    deployment,
    arn: execution,
    acceptedAt: Date.parse(startedAt),
  });
  refuseWithoutApproval(accepted);
  const [record] = await Promise.all([
    core.records.create(accepted),
    request.pushedAt === undefined ? undefined : beNewest(request, request.pushedAt, accepted, tools.latest),
  ]);
  await Promise.all([
    notify(tools.channels, core.environment, { kind: 'started', record }),
    keepWarm(tools.lambda, core.environment),
  ]);
  return {
    deployment: record.deployment,
    application: record.application,
    version: record.version,
    imageFrom: imageFrom(record),
    approval: record.settings.rollout.approval !== undefined,
    verifyImage: verifiesImage(record),
  };
};

/** So much may the clock of whoever sent an event be ahead of AWS's. */
export const clockSkewMs = 60_000;

/**
 * A tag cannot have been pushed after its deployment began: a time that is further ahead than clocks differ is wrong,
 * and counts as now. EventBridge takes whatever `Time` the caller of PutEvents gives.
 */
const notAhead = (request: DeployRequest, now: number): DeployRequest =>
  request.pushedAt === undefined || request.pushedAt <= now + clockSkewMs
    ? request
    : { ...request, pushedAt: now };

/**
 * Tags may arrive in another order than they were pushed: an older tag must not replace a newer version. Which of two is
 * the older one, also within one second, says lib/engine/requestOrder.ts. A stored time that lies in the future holds no
 * tag up: it is wrong.
 */
const beNewest = async (
  request: DeployRequest,
  pushedAt: number,
  { deployment, acceptedAt, order = '' }: DeploymentRecord,
  latest: Table<LatestItem>,
): Promise<void> => {
  const written = await latest.put(
    { key: `latest#${request.application}`, pushedAt, deployment, order },
    {
      expression:
        'attribute_not_exists(#key) OR #order <= :order OR (attribute_not_exists(#order) AND pushedAt <= :pushedAt) OR ' +
        'pushedAt > :ahead',
      names: { '#key': 'key', '#order': 'order' },
      values: { ':order': order, ':pushedAt': pushedAt, ':ahead': acceptedAt + clockSkewMs },
    },
  );
  if (!written.done)
    throw new Superseded(
      `${request.application} ${request.version} was tagged at ${new Date(pushedAt).toISOString()}; accepted already is ` +
        `${written.found?.deployment ?? 'a request'}${whyNewer(written.found?.order, order)}. ` +
        `To deploy it all the same, run: ` +
        `forseti deploy ${request.application} ${request.version}${commitOption(request.commit)}`,
    );
};

/**
 * If the settings require an approval, the rollout must be `instance-refresh`: a request for another strategy must not
 * skip the approval.
 * @throws InvalidRequest
 */
export const refuseWithoutApproval = ({ settings, rollout, application }: DeploymentRecord): void => {
  if (settings.rollout.approval === undefined || rollout === 'instance-refresh') return;
  throw new InvalidRequest(
    `The settings of ${application} ask for an approval, which needs rollout instance-refresh; with this request it is ${rollout}. ` +
      'Leave the strategy out, or set rollout.strategy to instance-refresh.',
  );
};

/**
 * The rollout, if the settings name none. Instances that were provisioned in place run the new version already, and so
 * do all instances if nothing was provisioned. An image that was made beside the fleet has to be rolled out.
 */
export const rolloutOf = (settings: ApplicationSettings, from: ImageFrom): RolloutStrategy =>
  settings.rollout.strategy ?? (from === 'fleet' || from === 'running' ? 'none' : 'instance-refresh');

/**
 * What a request does while another deployment runs. Whoever pushed a tag sits at no terminal to start it again: unless the
 * settings say otherwise, a tag waits.
 */
export const concurrencyOf = (
  { concurrency, pushedAt }: Pick<DeployRequest, 'concurrency' | 'pushedAt'>,
  settings: Pick<ApplicationSettings, 'concurrency'>,
): Concurrency => concurrency ?? settings.concurrency ?? (pushedAt === undefined ? 'reject' : 'queue-latest');

/** The record of an accepted request. */
export const acceptedRecord = (
  request: DeployRequest,
  settings: { settings: ApplicationSettings; version: number },
  execution: { deployment: string; arn: string; acceptedAt: number },
): DeploymentRecord => {
  const strategy = request.strategy ?? settings.settings.strategy;
  const asked = {
    ...(request.image !== undefined && { image: request.image }),
    ...(request.imageFrom !== undefined && { imageFrom: request.imageFrom }),
  };
  const from = imageFrom({ strategy, ...asked });
  return {
    deployment: execution.deployment,
    item: 'record',
    kind: 'deployment',
    due: 'open',
    application: request.application,
    version: request.version,
    strategy,
    rollout: rolloutOf(settings.settings, from),
    ...asked,
    extraVars: request.extraVars ?? {},
    ...(request.tags && { tags: request.tags }),
    ...(request.skipTags && { skipTags: request.skipTags }),
    ...(request.commit !== undefined && { commit: request.commit }),
    ...(request.reason !== undefined && { reason: request.reason }),
    ...(request.requestedBy !== undefined && { requestedBy: request.requestedBy }),
    ...(request.resumeFrom !== undefined && {
      resumedFrom: request.resumeFrom,
      ...(request.image !== undefined && { bakedImage: request.image }),
    }),
    ...(request.despiteFreeze !== undefined && { despiteFreeze: request.despiteFreeze }),
    ...(request.despiteAlarms !== undefined && { despiteAlarms: request.despiteAlarms }),
    execution: execution.arn,
    group: settings.settings.group,
    settings: settings.settings,
    settingsVersion: settings.version,
    acceptedAt: execution.acceptedAt,
    ...(request.pushedAt !== undefined && { pushedAt: request.pushedAt }),
    order: orderOf({ ...request, acceptedAt: execution.acceptedAt }),
    concurrency: concurrencyOf(request, settings.settings),
  };
};
