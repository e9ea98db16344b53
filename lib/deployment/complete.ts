import {
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Channels } from '../reporting/channels';
import { marshall } from '@aws-sdk/util-dynamodb';
import { messageOf, nameOf } from '../aws/failure';
import { reportEnd } from '../reporting/metrics';
import { notify } from '../reporting/notify';
import { wellEnded } from '../engine/end';
import { keepEffects } from './closeRecord';
import { holdOf } from '../engine/context';
import type { Core } from '../engine/core';
import { AlarmRinging, InvalidRequest, TransientError } from '../engine/errors';
import type { DeploymentRecord } from '../engine/record';
import type { End, Failure, Outcome } from '../engine/outcome';
import { baselineRelease, type Release, releaseOf } from '../engine/releases';
import type { SeenAtEnd } from '../rollout/fleetAtEnd';

export interface CompleteTools {
  readonly core: Core;
  readonly dynamodb: DynamoDBClient;
  readonly channels: Channels;
  /** Only for a deployment: a rollback has replaced every instance. */
  readonly lookAtFleet?: (record: DeploymentRecord) => Promise<SeenAtEnd>;
}

/**
 * Marking the release as good is the point of no return: a failure before it is compensated, a failure after it is a
 * warning on `Deployed`.
 * @param scalingFailed why policies and alarms could not be set, after the fleet had gone back.
 */
export const complete = async (
  tools: CompleteTools,
  deployment: string,
  scalingFailed?: Failure,
): Promise<{ outcome: Outcome; cause: string; error: string }> => {
  const { core } = tools;
  const record = await core.records.find(deployment);
  if (!record) throw new InvalidRequest(`There is no record of deployment ${deployment}.`);
  const well = wellEnded(record);
  const answer = {
    outcome: record.outcome ?? well.outcome,
    cause: '',
    error: record.end?.error ?? well.error,
  };
  if (record.closedAt !== undefined) return answer;
  if (record.completedAt === undefined) await markGood(tools, record);
  // What cannot be read at this moment does not delay the end.
  const seen = await tools.lookAtFleet?.(record).catch(() => undefined);
  const end = { ...well, ...(seen && { fleet: seen.fleet }) };
  const notSettled = (error: unknown) =>
    core.records.warn(deployment, `The effects could not be settled: ${messageOf(error)}`);
  const overcame = overcome(record, scalingFailed);
  // The notification of the end tells them too.
  const known = {
    ...record,
    warnings: [...(record.warnings ?? []), ...overcame, ...(seen?.changes ?? [])],
  };
  const [warnings, effects] = await Promise.all([
    wrapUp(tools, known, end),
    core.effects.list(deployment).catch(async (error: unknown) => {
      await notSettled(error);
      return [];
    }),
  ]);
  await core.records.warn(deployment, ...overcame, ...(seen?.changes ?? []), ...warnings);
  await Promise.all([
    core.records.close(deployment, { closedAt: core.clock(), outcome: end.outcome, end }),
    keepEffects(core, effects).catch(notSettled),
  ]);
  return answer;
};

/**
 * The warning of a rollback that failed on its way and reached its target by its compensation, or whose policies and
 * alarms could not be set afterwards.
 */
const overcome = ({ failure }: DeploymentRecord, scalingFailed: Failure | undefined): string[] => {
  const found = failure ?? (scalingFailed && { ...scalingFailed, state: 'SetScaling' });
  return found ? [`${found.state ?? 'The execution'} had failed: ${found.message.slice(0, 1_000)}`] : [];
};

/**
 * Releases, record and lock in one transaction: the release becomes good only if the deployment was not halted before.
 */
const markGood = async ({ core, dynamodb }: CompleteTools, record: DeploymentRecord): Promise<void> => {
  const now = core.clock();
  const { tables } = core.environment;
  // The execution that compensates for a stopped rollback can complete it too.
  const hold = holdOf(record, record.kind === 'rollback');
  const mark = dynamodb.send(
    new TransactWriteItemsCommand({
      TransactItems: [
        ...(record.kind === 'rollback'
          ? restoredReleases(record, now, tables.releases)
          : [newRelease(record, now, tables.releases), ...baseline(record, now, tables.releases)]),
        {
          Update: {
            TableName: tables.deployments,
            Key: marshall({ deployment: record.deployment, item: 'record' }),
            UpdateExpression: 'SET completedAt = :now',
            ConditionExpression: 'attribute_not_exists(closedAt)',
            ExpressionAttributeValues: marshall({ ':now': now }),
          },
        },
        {
          ConditionCheck: {
            TableName: tables.locks,
            Key: marshall({ fleet: hold.fleet }),
            ConditionExpression: '#owner = :owner AND fence = :fence AND attribute_not_exists(halt)',
            ExpressionAttributeNames: { '#owner': 'owner' },
            ExpressionAttributeValues: marshall({ ':owner': hold.owner, ':fence': hold.fence }),
          },
        },
      ],
    }),
  );
  await mark.catch(async (error: unknown) => {
    if (!(error instanceof TransactionCanceledException)) throw error;
    // The guard reports who holds the lock, or who halted it.
    await core.locks.guard(hold);
    if (error.CancellationReasons?.[0]?.Code === 'ConditionalCheckFailed' && record.kind === 'deployment')
      throw new AlarmRinging(
        `An alarm marked ${record.application} ${record.version} as bad while it was deployed: it is not kept.`,
      );
    // Another write of the same items at the same moment, or throttling: no condition failed, so it is tried again.
    if (!error.CancellationReasons?.some(({ Code }) => Code === 'ConditionalCheckFailed'))
      throw new TransientError(`${nameOf(error)}: ${messageOf(error)}`, { cause: error });
    throw error;
  });
};

/** A release that an alarm marked as bad meanwhile does not become good. */
const newRelease = (record: DeploymentRecord, now: number, TableName: string): TransactWriteItem => ({
  Put: {
    TableName,
    Item: marshall(releaseOf(record, now, 'good'), { removeUndefinedValues: true }),
    ConditionExpression: 'attribute_not_exists(#state) OR #state = :good',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: marshall({ ':good': 'good' }),
  },
});

/** What ran before the first deployment becomes a release, so that there is a way back from it. */
const baseline = (record: DeploymentRecord, now: number, TableName: string): TransactWriteItem[] => {
  const release = baselineRelease(record, now);
  return release ? [{ Put: { TableName, Item: marshall(release, { removeUndefinedValues: true }) } }] : [];
};

/** DynamoDB takes 100 items in a transaction. What is left over is older, and less likely to be chosen. */
const maxWithdrawn = 90;

/** The target becomes good (again), and all that is newer bad: the next rollback would choose it otherwise. */
const restoredReleases = (record: DeploymentRecord, now: number, TableName: string): TransactWriteItem[] => {
  const { target, application, deployment } = record;
  if (!target) throw new InvalidRequest(`Rollback ${deployment} has no release to go to.`);
  const marked = (release: string, state: Release['state'], more: object = {}): TransactWriteItem => {
    const values = { state, markedAt: now, markedBy: deployment, ...more };
    const names = Object.keys(values);
    return {
      Update: {
        TableName,
        Key: marshall({ application, release }),
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(application)',
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: marshall(
          Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
        ),
      },
    };
  };
  return [
    marked(target.release, 'good', {
      restoredAt: now,
      restoredByName: record.named === true,
      // The fleet may run its image from another version of the launch template now.
      ...(record.launchTemplate && { launchTemplate: record.launchTemplate }),
    }),
    ...target.withdraws.slice(0, maxWithdrawn).map((release) => marked(release, 'bad')),
  ];
};

/**
 * Everything after the point of no return; a failure here is a warning.
 * @throws TransientError if the notification of the end could not be sent: it is tried again, in the end by Close.
 */
const wrapUp = async (
  { core, channels }: CompleteTools,
  record: DeploymentRecord,
  end: End,
): Promise<string[]> => {
  const at = core.clock();
  const { deployment } = record;
  // The steps are read while the notification is sent, so that this costs no time.
  const [steps] = await Promise.all([
    core.records.steps(deployment).catch(() => []),
    notify(channels, core.environment, { kind: 'ended', deployment, record, end, at }).catch(
      (error: unknown) => {
        throw new TransientError(`The end could not be told: ${messageOf(error)}`, { cause: error });
      },
    ),
  ]);
  try {
    reportEnd(core.environment, record, end, at, steps);
    return [];
  } catch (error) {
    return [`The metrics could not be written: ${messageOf(error)}`];
  }
};
