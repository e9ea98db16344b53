import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { storeSettings } from '../../lib/application/store';
import { Table } from '../../lib/aws/table';
import { alarmName } from '../../lib/scaling/names';
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
  /** The two deployments, as they were seen: the first goes well, the second is rolled back. */
  readonly acts: readonly Act[];
  readonly cost: Cost;
}

export interface Act {
  readonly version: string;
  readonly ending: Ending;
  readonly recording: Recording;
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

/** The sample of a pushed tag, of another version. */
const pushTag = async (cloud: Cloud, root: string, version: string): Promise<void> => {
  const file = join(root, 'events', 'git-tag-pushed.json');
  const sample = eventOf(readFileSync(file, 'utf8'), file);
  const Detail = { ...(sample.Detail as object), tag: version };
  await cloud.run(() => cloud.putEvent(cloud.home, { ...sample, Detail }));
};

/** The one that is not known yet. */
const findExecution = async (session: Session, known: readonly string[]): Promise<string> => {
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

const isOver = (cloud: Cloud, arn: string): boolean =>
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

interface Stage {
  readonly cloud: Cloud;
  readonly session: Session;
  readonly watched: boolean;
}

const runUntil = async (
  { cloud, session, watched }: Stage,
  arn: string,
  holds: () => boolean,
): Promise<Sample[]> => (watched ? sampled(cloud, session, arn, holds) : unwatched(cloud, holds));

const lookAt = async (
  { session }: Stage,
  arn: string,
  samples: readonly Sample[],
): Promise<Act & { last: Snapshot }> => {
  const last = await makeLook(session, arn)();
  return {
    last,
    version: versionInput(last),
    ending: endingOf(last.execution),
    recording: {
      events: last.events,
      plan: last.record ?? { strategy: 'deploy-and-snapshot' },
      samples,
      startedAt: last.execution.startDate?.getTime() ?? 0,
      endedAt: last.execution.stopDate?.getTime() ?? session.now(),
    },
  };
};

const countInstances = (cloud: Cloud, version: string): DemoReport['instances'] => {
  const versions = versionsOf(cloud);
  return {
    total: Object.values(versions).reduce((sum, count) => sum + count, 0),
    onVersion: versions[version] ?? 0,
  };
};

/** The first act: the tag is pushed, the version comes to the fleet. */
const deploy = async (
  stage: Stage,
  root: string,
): Promise<{ act: Act; arn: string; report: Omit<DemoReport, 'rollback'>; cost: Cost }> => {
  const { cloud, session } = stage;
  const callsBefore = cloud.calls.list.length;
  const transitionsBefore = cloud.meters.stateTransitions ?? 0;
  const dollarsBefore = cloud.cost().dollars;
  await pushTag(cloud, root, 'v2');
  const arn = await findExecution(session, []);
  const samples = await runUntil(stage, arn, () => isOver(cloud, arn));
  const person = cloud.person().name;
  const calls = cloud.calls.list.slice(callsBefore).filter(({ caller }) => caller !== person);
  const cost = cloud.cost();
  const stateTransitions = (cloud.meters.stateTransitions ?? 0) - transitionsBefore;
  const { last, ...act } = await lookAt(stage, arn, samples);
  const { startedAt, endedAt } = act.recording;
  const first = await firstInstance(session, arn);
  return {
    act,
    arn,
    cost,
    report: {
      outcome: act.ending.outcome,
      application,
      version: act.version,
      durationSeconds: (endedAt - startedAt) / 1_000,
      overheadSeconds: overheadMs(startedAt, endedAt, awaited(cloud.spans, first)) / 1_000,
      stateTransitions,
      apiCalls: countCalls(calls),
      costDollars: cost.dollars - dollarsBefore,
      instances: countInstances(cloud, act.version),
      path: last.path,
    },
  };
};

/** The alarm of the settings that gates the release. */
const alarm = alarmName(defaultStage, application, 'errors');

const isBaking = (cloud: Cloud): boolean =>
  (cloud.region(cloud.home).service('autoscaling').state.refreshes[application] ?? []).some(
    ({ status }) => status === 'Baking',
  );

/** The second act: the next version is on the whole fleet when an alarm rings, and goes again by itself. */
const fail = async (
  stage: Stage,
  root: string,
  deployed: { arn: string; version: string },
): Promise<{ act: Act; rollback: DemoReport['rollback'] }> => {
  const { cloud, session } = stage;
  await pushTag(cloud, root, 'v3');
  const arn = await findExecution(session, [deployed.arn]);
  const before = await runUntil(stage, arn, () => isBaking(cloud) || isOver(cloud, arn));
  await session.sleep(bakedForMs);
  const rangAt = cloud.now();
  await session.connect(CloudWatchClient).send(
    new SetAlarmStateCommand({
      AlarmName: alarm,
      StateValue: 'ALARM',
      StateReason: 'The new version answers with errors.',
    }),
  );
  const after = await runUntil(stage, arn, () => isOver(cloud, arn));
  const { last: _, ...act } = await lookAt(stage, arn, [...before, ...after]);
  return {
    act,
    rollback: {
      outcome: act.ending.outcome,
      version: act.version,
      alarm,
      durationSeconds: (act.recording.endedAt - rangAt) / 1_000,
      instances: countInstances(cloud, deployed.version),
    },
  };
};

/** Into the bake time, so that the alarm has somebody to hear it. */
const bakedForMs = 60_000;

/**
 * Runs the main job on an embedded cloud in memory, in virtual time: a pushed tag that goes well, and one that does not.
 * @param watched whether samples are taken for a show: they cost time.
 */
export const runDemo = async (root: string, seed: number, watched: boolean): Promise<DemoRun> => {
  const stage = { ...(await makeCloud(root, seed)), watched };
  const { act: first, arn, report, cost } = await deploy(stage, root);
  const { act: second, rollback } = await fail(stage, root, { arn, version: report.version });
  return { report: { ...report, rollback }, acts: [first, second], cost };
};
