import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Table } from '../../lib/aws/table';
import { type DeploymentRecord, Records, type StepItem } from '../../lib/engine/record';
import { alarmName } from '../../lib/scaling/names';
import type { Cloud } from '../../packages/embedded-cloud/src/core/cloud';
import type { Cost } from '../../packages/embedded-cloud/src/core/pricing';
import { type Ending, endingOf } from '../queries/ending';
import { makePoll, type Snapshot } from '../queries/follow';
import { defaultStage, type Session } from '../session/session';
import { awaited, overheadMs } from './overhead';
import type { Recording, Sample } from './replay';
import { countCalls, type DemoReport } from './report';
import {
  application,
  countInstances,
  findExecution,
  isOver,
  makeCloud,
  pushTag,
  runUntil,
  type Stage,
} from './stage';

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

const lookAt = async (
  { session }: Stage,
  arn: string,
  samples: readonly Sample[],
): Promise<Act & { last: Snapshot }> => {
  const last = await makePoll(session, arn)();
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
  const act = await lookAt(stage, arn, [...before, ...after]);
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
