import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { storeSettings } from '../../lib/application/store';
import { Table } from '../../lib/aws/table';
import { type DeploymentRecord, Records, type StepItem } from '../../lib/deployment/record';
import { Cloud } from '../../local/core/cloud';
import type { Cost } from '../../local/core/pricing';
import { describe } from '../../local/description/build';
import { cloudOptions } from '../../local/description/options';
import { compile } from '../../local/template/compile';
import { install } from '../../local/template/install';
import { readCloudFile } from '../cloudFile';
import { eventOf } from '../commands/local';
import { type Ending, endingOf } from '../ending';
import { makeLook, type Snapshot } from '../follow';
import { defaultStage, type Session } from '../session';
import { sessionOnCloud } from './cloudSession';
import { awaited, overheadMs } from './overhead';
import { markFirstReleases } from '../firstReleases';
import type { Recording, Sample } from './replay';
import { countCalls, type DemoReport } from './report';

const application = 'api';
/** How often the run is sampled, in virtual time. */
const sampleEveryMs = 5_000;
/** No deployment of the demo takes longer. */
const limitMs = 6 * 3_600_000;

export interface DemoRun {
  readonly report: DemoReport;
  readonly ending: Ending;
  readonly recording: Recording;
  readonly cost: Cost;
}

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

const makeCloud = async (root: string, seed: number): Promise<{ cloud: Cloud; session: Session }> => {
  const { description, settings } = readCloudFile(join(root, 'examples', 'clouds', 'demo.yml'));
  const compiled = await compile(root);
  const cloud = Cloud.make({ ...cloudOptions(description), seed });
  await install(cloud, compiled, { region: cloud.home, stage: defaultStage });
  describe(cloud, description);
  const session = sessionOnCloud(cloud);
  if (settings) {
    await storeSettings(session.connect(SSMClient), session.names.settingsPrefix, settings);
    await markFirstReleases(session, settings);
  }
  return { cloud, session };
};

const pushTag = async (cloud: Cloud, root: string): Promise<void> => {
  const file = join(root, 'events', 'git-tag-pushed.json');
  const event = eventOf(readFileSync(file, 'utf8'), file);
  await cloud.run(() => cloud.putEvent(cloud.home, event));
};

const findExecution = async (session: Session): Promise<string> => {
  const sfn = session.connect(SFNClient);
  for (let tries = 0; tries < 60; tries += 1) {
    const { executions: [execution] = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: session.names.machineArn, maxResults: 1 }),
    );
    if (execution?.executionArn !== undefined) return execution.executionArn;
    await session.sleep(1_000);
  }
  throw new Error(
    'The tag has started no execution within a minute: see rules and intake in serverless.yml.',
  );
};

const isOver = (cloud: Cloud, arn: string): boolean =>
  cloud.region(cloud.home).service('states').state.executions[arn]?.status !== 'RUNNING';

/** Lets the execution run to its end and takes a sample every now and then. */
const sampled = async (cloud: Cloud, session: Session, arn: string): Promise<Sample[]> => {
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
    over = isOver(cloud, arn) || cloud.now() > until;
    if (!over) await cloud.runUntil(() => isOver(cloud, arn), sampleEveryMs);
  }
  return samples;
};

/** Lets the execution run to its end; nobody wants to see how. */
const unwatched = async (cloud: Cloud, arn: string): Promise<Sample[]> => {
  await cloud.runUntil(() => isOver(cloud, arn), limitMs);
  return [];
};

/** The one that was provisioned before the others. */
const firstInstance = async (session: Session, arn: string): Promise<string | undefined> => {
  const table = new Table<DeploymentRecord | StepItem>(
    session.connect(DynamoDBClient),
    session.names.deploymentsTable,
  );
  const step = await new Records(table).step(arn.slice(arn.lastIndexOf(':') + 1), 'Provision');
  return (step?.memo as { first?: string } | undefined)?.first;
};

const versionInput = (last: Snapshot): string =>
  (JSON.parse(last.execution.input ?? '{}') as { version?: string }).version ?? '';

/**
 * Runs the main job on an embedded cloud in memory, in virtual time, from the pushed tag to the end.
 * @param watched whether samples are taken for a show: they cost time.
 */
export const runDemo = async (root: string, seed: number, watched: boolean): Promise<DemoRun> => {
  const { cloud, session } = await makeCloud(root, seed);
  const callsBefore = cloud.calls.list.length;
  const transitionsBefore = cloud.meters.stateTransitions ?? 0;
  const dollarsBefore = cloud.cost().dollars;
  await pushTag(cloud, root);
  const arn = await findExecution(session);
  const samples = watched ? await sampled(cloud, session, arn) : await unwatched(cloud, arn);
  const person = cloud.person().name;
  const calls = cloud.calls.list.slice(callsBefore).filter(({ caller }) => caller !== person);
  const transitions = (cloud.meters.stateTransitions ?? 0) - transitionsBefore;
  const cost = cloud.cost();
  const versions = versionsOf(cloud);
  const last = await makeLook(session, arn)();
  const startedAt = last.execution.startDate?.getTime() ?? 0;
  const endedAt = last.execution.stopDate?.getTime() ?? cloud.now();
  const ending = endingOf(last.execution);
  const first = await firstInstance(session, arn);
  const version = versionInput(last);
  return {
    ending,
    cost,
    recording: {
      events: last.events,
      plan: last.record ?? { strategy: 'deploy-and-snapshot' },
      samples,
      startedAt,
      endedAt,
    },
    report: {
      outcome: ending.outcome,
      application,
      version,
      durationSeconds: (endedAt - startedAt) / 1_000,
      overheadSeconds: overheadMs(startedAt, endedAt, awaited(cloud.spans, first)) / 1_000,
      stateTransitions: transitions,
      apiCalls: countCalls(calls),
      costDollars: cost.dollars - dollarsBefore,
      instances: {
        total: Object.values(versions).reduce((sum, count) => sum + count, 0),
        onVersion: versions[version] ?? 0,
      },
      path: last.path,
    },
  };
};
