import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { storeSettings } from '../../lib/application/store';
import { Table } from '../../lib/aws/table';
import { type DeploymentRecord, Records, type StepItem } from '../../lib/engine/record';
import { Cloud } from '../../packages/embedded-cloud/src/core/cloud';
import { describe } from '../../packages/embedded-cloud/src/description/build';
import { cloudOptions } from '../../packages/embedded-cloud/src/description/options';
import { compile } from '../../packages/embedded-cloud/src/template/compile';
import { install } from '../../packages/embedded-cloud/src/template/install';
import { readCloudFile } from '../session/cloudFile';
import { eventOf } from '../commands/local';
import { markFirstReleases } from '../session/firstReleases';
import { adoptFleets } from '../queries/fleets';
import { defaultStage, type Session } from '../session/session';
import { sessionOnCloud } from './cloudSession';
import type { Sample } from './replay';
import type { DemoReport } from './report';

export const application = 'api';
/** How often the run is sampled, in virtual time. */
const sampleEveryMs = 5_000;
/** No deployment of the demo takes longer. */
const limitMs = 6 * 3_600_000;

/** Where the demo plays: a cloud in memory, looked at while it runs if somebody watches. */
export interface Stage {
  readonly cloud: Cloud;
  readonly session: Session;
  readonly watched: boolean;
}

/** Lets time pass until something holds. @returns what was seen meanwhile, if somebody watches. */
export const runUntil = async (
  { cloud, session, watched }: Stage,
  arn: string,
  holds: () => boolean,
): Promise<Sample[]> => (watched ? sampled(cloud, session, arn, holds) : unwatched(cloud, holds));

/** Instances of the group by the version that they are tagged with. */
const versionsOf = (cloud: Cloud): Record<string, number> => {
  const counts: Record<string, number> = {};
  const region = cloud.region(cloud.home);
  const members = region.service('autoscaling').state.groups[application]?.instances ?? {};
  for (const [id, { lifecycle }] of Object.entries(members)) {
    if (!['InService', 'Standby', 'EnteringStandby', 'Pending'].includes(lifecycle)) continue;
    const version = region.service('ec2').state.instances[id]?.tags['forseti:version'] ?? 'new';
    counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
};

export const makeCloud = async (root: string, seed: number): Promise<{ cloud: Cloud; session: Session }> => {
  const { description, settings } = readCloudFile(join(root, 'examples', 'clouds', 'demo.yml'));
  const compiled = await compile(root);
  const cloud = Cloud.make({ ...cloudOptions(description), seed });
  await install(cloud, compiled, { region: cloud.home, stage: defaultStage });
  describe(cloud, description);
  const session = sessionOnCloud(cloud);
  if (settings) {
    await storeSettings(session.connect(SSMClient), session.names.settingsPrefix, settings);
    await adoptFleets(session, settings);
    await markFirstReleases(session, settings);
  }
  return { cloud, session };
};

/** The sample of a pushed tag, of another version. */
export const pushTag = async (cloud: Cloud, root: string, version: string): Promise<void> => {
  const file = join(root, 'events', 'git-tag-pushed.json');
  const sample = eventOf(readFileSync(file, 'utf8'), file);
  const Detail = { ...(sample.Detail as object), tag: version };
  await cloud.run(() => cloud.putEvent(cloud.home, { ...sample, Detail }));
};

/** The one that is not known yet. */
export const findExecution = async (session: Session, known: readonly string[]): Promise<string> => {
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

export const isOver = (cloud: Cloud, arn: string): boolean =>
  cloud.region(cloud.home).service('states').state.executions[arn]?.status !== 'RUNNING';

/** Lets the execution run until something holds, and takes a sample every now and then. */
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

/** Lets it run; nobody wants to see how. */
const unwatched = async (cloud: Cloud, holds: () => boolean): Promise<Sample[]> => {
  await cloud.runUntil(holds, limitMs);
  return [];
};

/** How many instances there are, and how many run a version. */
export const countInstances = (cloud: Cloud, version: string): DemoReport['instances'] => {
  const versions = versionsOf(cloud);
  return {
    total: Object.values(versions).reduce((sum, count) => sum + count, 0),
    onVersion: versions[version] ?? 0,
  };
};
