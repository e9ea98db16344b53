import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Cloud, Cost } from '@forseti/embedded-cloud';
import { Table } from '../../lib/aws/table';
import { type DeploymentRecord, Records, type StepItem } from '../../lib/engine/record';
import { alarmName } from '../../lib/scaling/names';
import { type Ending, endingOf } from '../queries/ending';
import { makePoll, type ExecutionSnapshot } from '../queries/snapshot';
import { defaultStage, type Session } from '../session/session';
import { awaited, overheadMs } from './overhead';
import type { Recording, Sample } from './replay';
import { countCalls, type DemoReport } from './report';
import {
  demoApplication,
  countInstances,
  awaitExecution,
  hasEnded,
  makeCloud,
  pushTag,
  runUntil,
  type DemoSetup,
} from './setup';

export interface DemoRun {
  readonly report: DemoReport;
  /** The first succeeds, the second is rolled back. */
  readonly deployments: readonly DemoDeployment[];
  readonly cost: Cost;
}

/** One deployment of the demo, as it was seen. */
export interface DemoDeployment {
  readonly version: string;
  readonly ending: Ending;
  readonly recording: Recording;
}

/** The instance that was provisioned before the others. */
const firstInstance = async (session: Session, arn: string): Promise<string | undefined> => {
  const table = new Table<DeploymentRecord | StepItem>(
    session.connect(DynamoDBClient),
    session.names.deploymentsTable,
  );
  const step = await new Records(table).step(arn.slice(arn.lastIndexOf(':') + 1), 'Provision');
  return (step?.memo as { first?: string } | undefined)?.first;
};

const versionInput = (last: ExecutionSnapshot): string =>
  (JSON.parse(last.execution.input ?? '{}') as { version?: string }).version ?? '';

/** Reads a deployment that has ended. */
const readDeployment = async (
  { session }: DemoSetup,
  arn: string,
  samples: readonly Sample[],
): Promise<DemoDeployment & { last: ExecutionSnapshot }> => {
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

/** The first deployment: a tag is pushed, and the version comes to the fleet. */
const deploy = async (
  setup: DemoSetup,
  root: string,
): Promise<{ deployment: DemoDeployment; arn: string; report: Omit<DemoReport, 'rollback'>; cost: Cost }> => {
  const { cloud, session } = setup;
  const callsBefore = cloud.calls.list.length;
  const transitionsBefore = cloud.meters.stateTransitions ?? 0;
  const dollarsBefore = cloud.cost().dollars;
  await pushTag(cloud, root, 'v2');
  const arn = await awaitExecution(session, []);
  const samples = await runUntil(setup, arn, () => hasEnded(cloud, arn));
  const person = cloud.person().name;
  const calls = cloud.calls.list.slice(callsBefore).filter(({ caller }) => caller !== person);
  const cost = cloud.cost();
  const stateTransitions = (cloud.meters.stateTransitions ?? 0) - transitionsBefore;
  const { last, ...deployment } = await readDeployment(setup, arn, samples);
  const { startedAt, endedAt } = deployment.recording;
  const first = await firstInstance(session, arn);
  return {
    deployment,
    arn,
    cost,
    report: {
      outcome: deployment.ending.outcome,
      application: demoApplication,
      version: deployment.version,
      durationSeconds: (endedAt - startedAt) / 1_000,
      overheadSeconds: overheadMs(startedAt, endedAt, awaited(cloud.spans, first)) / 1_000,
      stateTransitions,
      apiCalls: countCalls(calls),
      costDollars: cost.dollars - dollarsBefore,
      instances: countInstances(cloud, deployment.version),
      path: last.path,
    },
  };
};

/** The alarm that gates the application's releases. */
const alarm = alarmName(defaultStage, demoApplication, 'errors');

const isBaking = (cloud: Cloud): boolean =>
  (cloud.region(cloud.home).service('autoscaling').state.refreshes[demoApplication] ?? []).some(
    ({ status }) => status === 'Baking',
  );

/** The second deployment: its version is on the whole fleet when an alarm rings, and Forseti rolls it back. */
const deployAndFail = async (
  setup: DemoSetup,
  root: string,
  deployed: { arn: string; version: string },
): Promise<{ deployment: DemoDeployment; rollback: DemoReport['rollback'] }> => {
  const { cloud, session } = setup;
  await pushTag(cloud, root, 'v3');
  const arn = await awaitExecution(session, [deployed.arn]);
  const before = await runUntil(setup, arn, () => isBaking(cloud) || hasEnded(cloud, arn));
  await session.sleep(bakedForMs);
  const rangAt = cloud.now();
  await session.connect(CloudWatchClient).send(
    new SetAlarmStateCommand({
      AlarmName: alarm,
      StateValue: 'ALARM',
      StateReason: 'The new version answers with errors.',
    }),
  );
  const after = await runUntil(setup, arn, () => hasEnded(cloud, arn));
  const deployment = await readDeployment(setup, arn, [...before, ...after]);
  return {
    deployment,
    rollback: {
      outcome: deployment.ending.outcome,
      version: deployment.version,
      alarm,
      durationSeconds: (deployment.recording.endedAt - rangAt) / 1_000,
      instances: countInstances(cloud, deployed.version),
    },
  };
};

/** The alarm rings this long after the beginning of the bake time, when its state is watched. */
const bakedForMs = 60_000;

/**
 * Pushes two tags on an embedded cloud in memory, in virtual time: one deployment succeeds, the next is rolled back.
 * @param watched whether samples are taken to be shown: they cost time.
 */
export const runDemo = async (root: string, seed: number, watched: boolean): Promise<DemoRun> => {
  const setup = { ...(await makeCloud(root, seed)), watched };
  const { deployment: first, arn, report, cost } = await deploy(setup, root);
  const { deployment: second, rollback } = await deployAndFail(setup, root, { arn, version: report.version });
  return { report: { ...report, rollback }, deployments: [first, second], cost };
};
