import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { Cloud, cloudOptions, populate } from '@forseti/embedded-cloud';
import { Table } from '../../lib/aws/table';
import { tags as tagNames } from '../../lib/aws/tags';
import { type DeploymentRecord, Records, type StepItem } from '../../lib/engine/record';
import { compileStack, installAtHome } from '../local/stack';
import { readCloudFile } from '../local/cloudFile';
import { parseEvent } from '../local/event';
import { applyFirstSettings } from '../local/applyFirstSettings';
import type { Session } from '../session/session';
import { sessionOnCloud } from '../session/cloudSession';
import type { Sample } from './replay';
import type { DemoReport } from './report';

/** The application that the demo deploys. */
export const demoApplication = 'api';
/** How often a sample is taken, in virtual time. */
const sampleEveryMs = 5_000;
/** Longer than any deployment of the demo takes, in virtual time. */
const limitMs = 6 * 3_600_000;

/** The demo's cloud, which is kept in memory. */
export interface DemoSetup {
  readonly cloud: Cloud;
  readonly session: Session;
  /** Whether somebody watches: samples are taken for them while the cloud runs. */
  readonly watched: boolean;
}

/** Lets time pass until a condition holds. @returns the samples taken meanwhile, if somebody watches. */
export const runUntil = async (
  { cloud, session, watched }: DemoSetup,
  arn: string,
  holds: () => boolean,
): Promise<Sample[]> => (watched ? sampled(cloud, session, arn, holds) : unwatched(cloud, holds));

/** How many instances of the group are tagged with each version. */
const versionsOf = (cloud: Cloud): Record<string, number> => {
  const counts: Record<string, number> = {};
  const region = cloud.region(cloud.home);
  const members = region.service('autoscaling').state.groups[demoApplication]?.instances ?? {};
  for (const [id, { lifecycle }] of Object.entries(members)) {
    if (!['InService', 'Standby', 'EnteringStandby', 'Pending'].includes(lifecycle)) continue;
    const version = region.service('ec2').state.instances[id]?.tags[tagNames.version] ?? 'new';
    counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
};

/** Makes the cloud that examples/clouds/demo.yml describes, with the stack installed. */
export const makeCloud = async (root: string, seed: number): Promise<{ cloud: Cloud; session: Session }> => {
  const { description, settings } = readCloudFile(join(root, 'examples', 'clouds', 'demo.yml'));
  const compiled = await compileStack(root);
  const cloud = Cloud.make({ ...cloudOptions(description), seed });
  await installAtHome(cloud, compiled);
  populate(cloud, description, { versionTag: tagNames.version });
  const session = sessionOnCloud(cloud);
  if (settings) await applyFirstSettings(session, settings);
  return { cloud, session };
};

/** Puts the event of a pushed tag on the bus. */
export const pushTag = async (cloud: Cloud, root: string, version: string): Promise<void> => {
  const file = join(root, 'events', 'git-tag-pushed.json');
  const sample = parseEvent(readFileSync(file, 'utf8'), file);
  const Detail = { ...(sample.Detail as object), tag: version };
  await cloud.run(() => cloud.putEvent(cloud.home, { ...sample, Detail }));
};

/** Waits for a deployment to start. @param known executions of before. @returns the ARN of the new one. */
export const awaitExecution = async (session: Session, known: readonly string[]): Promise<string> => {
  const sfn = session.connect(SFNClient);
  for (let tries = 0; tries < 60; tries += 1) {
    const { executions: [execution] = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: session.names.machineArn, maxResults: 1 }),
    );
    const { executionArn } = execution ?? {};
    if (executionArn !== undefined && !known.includes(executionArn)) return executionArn;
    await session.sleep(1_000);
  }
  throw new Error(
    'The tag has started no execution within a minute: see rules and intake in serverless.yml.',
  );
};

export const hasEnded = (cloud: Cloud, arn: string): boolean =>
  cloud.region(cloud.home).service('states').state.executions[arn]?.status !== 'RUNNING';

/** Runs the cloud until a condition holds, and takes samples. */
const sampled = async (
  cloud: Cloud,
  session: Session,
  arn: string,
  holds: () => boolean,
): Promise<Sample[]> => {
  const table = new Table<DeploymentRecord | StepItem>(
    session.connect(DynamoDBClient),
    session.names.deploymentsTable,
  );
  const records = new Records(table);
  const deployment = arn.slice(arn.lastIndexOf(':') + 1);
  const samples: Sample[] = [];
  const until = cloud.now() + limitMs;
  for (let over = false; !over;) {
    const items = await records.steps(deployment);
    const progress = items.flatMap(({ item, progress: text }) =>
      text === undefined ? [] : [[item.slice('step#'.length), text]],
    );
    samples.push({
      at: cloud.now(),
      progress: Object.fromEntries(progress) as Sample['progress'],
      versions: versionsOf(cloud),
    });
    over = holds() || cloud.now() > until;
    if (!over) await cloud.runUntil(holds, sampleEveryMs);
  }
  return samples;
};

/** Runs the cloud until a condition holds, without samples. */
const unwatched = async (cloud: Cloud, holds: () => boolean): Promise<Sample[]> => {
  await cloud.runUntil(holds, limitMs);
  return [];
};

/** How many instances the group has, and how many of them run a version. */
export const countInstances = (cloud: Cloud, version: string): DemoReport['instances'] => {
  const versions = versionsOf(cloud);
  return {
    total: Object.values(versions).reduce((sum, count) => sum + count, 0),
    onVersion: versions[version] ?? 0,
  };
};
