import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { SNSClient } from '@aws-sdk/client-sns';
import { marshall } from '@aws-sdk/util-dynamodb';
import { messageOf } from '../aws/failure';
import { reportEnd } from '../reporting/metrics';
import { notify } from '../reporting/notify';
import { type End } from './close';
import { holdOf } from './context';
import type { Core } from './core';
import { InvalidRequest } from './errors';
import type { DeploymentRecord, Outcome } from './record';
import { type Release, releaseKey } from './releases';

export interface CompleteTools {
  readonly core: Core;
  readonly dynamodb: DynamoDBClient;
  readonly sns: SNSClient;
}

const deployed: End = {
  outcome: 'Deployed',
  error: 'None',
  message: '',
  problems: [],
  left: [],
  foreign: [],
};

/**
 * Marking the release good is the point of no return: what fails before it is compensated, what fails after it is a
 * warning on `Deployed`.
 */
export const complete = async (
  tools: CompleteTools,
  deployment: string,
): Promise<{ outcome: Outcome; cause: string }> => {
  const { core } = tools;
  const record = await core.records.find(deployment);
  if (!record) throw new InvalidRequest(`There is no record of deployment ${deployment}.`);
  if (record.closedAt !== undefined) return { outcome: record.outcome ?? 'Deployed', cause: '' };
  if (record.completedAt === undefined) await markGood(tools, record);
  const warnings = await wrapUp(tools, record);
  await core.records.set(deployment, {
    closedAt: core.clock(),
    outcome: 'Deployed',
    end: deployed,
    ...(warnings.length > 0 && { warnings: [...(record.warnings ?? []), ...warnings] }),
  });
  return { outcome: 'Deployed', cause: '' };
};

/** Release, record and lock in one transaction: a release is good only if nobody halted its deployment before. */
const markGood = async ({ core, dynamodb }: CompleteTools, record: DeploymentRecord): Promise<void> => {
  const now = core.clock();
  const { tables } = core.environment;
  const mark = dynamodb.send(
    new TransactWriteItemsCommand({
      TransactItems: [
        {
          Put: {
            TableName: tables.releases,
            Item: marshall(releaseOf(record, now), { removeUndefinedValues: true }),
          },
        },
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
            Key: marshall({ fleet: record.group }),
            ConditionExpression: '#owner = :owner AND fence = :fence AND attribute_not_exists(halt)',
            ExpressionAttributeNames: { '#owner': 'owner' },
            ExpressionAttributeValues: marshall({ ':owner': record.execution, ':fence': record.fence ?? 0 }),
          },
        },
      ],
    }),
  );
  await mark.catch(async (error: unknown) => {
    // Whose lock it is, or who halted it, is told by the guard.
    if (error instanceof TransactionCanceledException) await core.locks.guard(holdOf(record));
    throw error;
  });
};

const releaseOf = (record: DeploymentRecord, now: number): Release => {
  const image = record.bakedImage ?? record.image;
  if (image === undefined || record.launchTemplate === undefined)
    throw new InvalidRequest(
      `Deployment ${record.deployment} has ${image === undefined ? 'no image' : 'no launch template version'}: ` +
        'there is nothing to mark as a release.',
    );
  return {
    application: record.application,
    release: releaseKey(record.acceptedAt, record.deployment),
    version: record.version,
    deployment: record.deployment,
    group: record.group,
    image,
    launchTemplate: record.launchTemplate,
    state: 'good',
    markedAt: now,
    markedBy: record.deployment,
  };
};

/** Everything after the point of no return; what fails is a warning. */
const wrapUp = async ({ core, sns }: CompleteTools, record: DeploymentRecord): Promise<string[]> => {
  const at = core.clock();
  const tasks = {
    'The effects could not be settled': async () => {
      const effects = await core.effects.list(record.deployment);
      const open = effects.filter(({ state }) => state === 'done' || state === 'intended');
      await Promise.all(open.map((effect) => core.effects.settle(effect, 'kept')));
    },
    'The notification could not be sent': () =>
      notify(sns, core.environment, {
        kind: 'ended',
        deployment: record.deployment,
        record,
        end: deployed,
        at,
      }),
    'The metrics could not be written': async () => {
      reportEnd(core.environment, record, deployed, at);
    },
  };
  const ended = await Promise.allSettled(Object.values(tasks).map((task) => task()));
  return ended.flatMap((result, index) =>
    result.status === 'rejected' ? [`${Object.keys(tasks)[index] ?? ''}: ${messageOf(result.reason)}`] : [],
  );
};
