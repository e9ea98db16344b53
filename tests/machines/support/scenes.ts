import { Table } from '../../../lib/aws/table';
import { type Release, Releases } from '../../../lib/engine/releases';
import type { CloudState } from '../../../packages/embedded-cloud/src/core/cloud';
import type { Faults } from '../../../packages/embedded-cloud/src/faults';
import { ask, minuteMs } from './acts';
import { goOn, play, type Played } from './course';
import { pictureBefore } from './invariants';
export type { Played } from './course';
import type { MachineName } from './machines';
import { raise, type Stage, type StageOptions } from './stage';
import { watch } from './watch';

const golden = ['LaunchBuilder', 'TerminateBuilder'];
const approved = ['Approval', 'RolloutRest', 'NeedsApproval'];

/** An instance refresh has its bake time inside, so that there is nothing to observe after it. */
const bakedOutside: Readonly<Record<string, string>> = {
  'deploy-and-snapshot': 'none',
  'golden-instance': 'surge',
};

/** The settings with which a deployment comes by a state. */
export const optionsFor = (
  state: string,
  strategy = golden.includes(state) ? 'golden-instance' : 'deploy-and-snapshot',
): StageOptions => ({
  settings: {
    strategy,
    rollout: {
      strategy: state === 'Observe' ? bakedOutside[strategy] : 'instance-refresh',
      bakeMinutes: 5,
      ...(approved.includes(state) && { approval: { percentage: 50, timeoutMinutes: 20 } }),
    },
    scaling: {
      policies: { cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target: 50 } },
    },
    ...(state === 'Observe' && { rollback: { alarms: ['api-5xx'] } }),
    ...(state === 'Queue' && { concurrency: 'queue-latest' }),
  },
  cloud: { alarms: { 'api-5xx': {} } },
  group: { suspended: ['AZRebalance'] },
});

const courses = new Map<string, ReturnType<typeof play>>();
const deploymentFrom = async (options: StageOptions): Promise<Played> => {
  const stage = await raise(options);
  const scene = { stage, before: pictureBefore(stage), watch: watch(stage), deployment: 'deployment-1' };
  return { ...scene, arn: await stage.start({ application: 'api', version: 'v2' }) };
};
/** The deployment with nothing in its way: played once for all tests of a file. */
const courseOf = (options: StageOptions): ReturnType<typeof play> => {
  const key = JSON.stringify(options);
  const course = courses.get(key) ?? deploymentFrom(options).then(play);
  courses.set(key, course);
  return course;
};

/**
 * The deployment `deployment-1` of v2, on its way to a state. One for `Queue` finds another one of v2 at work, and is
 * of v3.
 * @param failing states whose functions the faults strike before that, if any: they are still to come, too.
 */
export const beginDeployment = async (
  state: string,
  faults: Faults = {},
  { strategy, failing = [] }: { readonly strategy?: string; readonly failing?: readonly string[] } = {},
): Promise<Played> => {
  const options = optionsFor(state, strategy);
  if (state !== 'Queue') return goOn('deploy', await courseOf(options), [state, ...failing], faults);
  const stage = await raise({ ...options, faults });
  const scene = { stage, before: pictureBefore(stage), watch: watch(stage), deployment: 'deployment-1' };
  await stage.start({ application: 'api', version: 'v2' }, 'deployment-0');
  await stage.cloud.advance(30_000);
  return { ...scene, arn: await stage.start({ application: 'api', version: 'v3' }) };
};

/** The rollback `rollback-1` of a saved fleet, begun. */
const rollbackFrom = async (from: CloudState): Promise<Played> => {
  const stage = await raise({ from });
  const scene = { stage, before: pictureBefore(stage), watch: watch(stage), deployment: 'rollback-1' };
  const machine = stage.session.names.rollbackMachineArn;
  return { ...scene, arn: await stage.start({ application: 'api' }, 'rollback-1', machine) };
};

const rollbackCourses = new Map<CloudState, ReturnType<typeof play>>();
/** The rollback `rollback-1` of a saved fleet, on its way to a state. */
export const beginRollback = async (
  from: CloudState,
  state: string,
  faults: Faults = {},
  failing: readonly string[] = [],
): Promise<Played> => {
  const course = rollbackCourses.get(from) ?? rollbackFrom(from).then(play);
  rollbackCourses.set(from, course);
  return goOn('rollback', await course, [state, ...failing], faults);
};

/** A fleet on v2, at rest, with v1 to go back to: as it is, and with v2 marked bad, to which nothing goes back. */
export const savedFleets = async (): Promise<{ readonly good: CloudState; readonly bad: CloudState }> => {
  const stage = await raise(optionsFor('Suspend'));
  const { outcome } = await stage.deploy(undefined, 'deployment-0');
  if (outcome !== 'Deployed') throw new Error(`The first deployment ended as ${outcome}.`);
  await stage.cloud.advance(10 * minuteMs);
  if (!(await stage.cloud.runUntil(() => stage.cloud.quiet(), 10 * minuteMs)))
    throw new Error('It never rests.');
  const good = stage.cloud.snapshot();
  const releases = new Releases(new Table<Release>(stage.dynamodb, 'forseti-production-releases'));
  const newest = (await releases.list('api')).find(({ version }) => version === 'v2');
  if (!newest) throw new Error('There is no release v2.');
  await releases.markBad(newest, 'ada');
  return { good, bad: stage.cloud.snapshot() };
};

const executionOf = (stage: Stage, arn: string) => {
  const found = stage.region.service('states').state.executions[arn];
  if (!found) throw new Error(`There is no execution ${arn}.`);
  return found;
};

export const isRunning = (stage: Stage, arn: string): boolean => executionOf(stage, arn).status === 'RUNNING';
export const stateNow = (stage: Stage, arn: string): string | undefined =>
  executionOf(stage, arn).visit?.state;

/** Lets the cloud run until an execution is in a state; false where it ended without. */
export const untilIn = async (stage: Stage, arn: string, state: string): Promise<boolean> => {
  await stage.cloud.runUntil(
    () => !isRunning(stage, arn) || stateNow(stage, arn) === state,
    48 * 60 * minuteMs,
  );
  return isRunning(stage, arn);
};

/** Lets the cloud run until a machine is started; its execution. */
export const untilStarted = async (stage: Stage, machine: MachineName): Promise<string> => {
  const started = () => running(stage).find((arn) => arn.includes(`-${machine}:`));
  await stage.cloud.runUntil(() => started() !== undefined, 60 * minuteMs);
  return started() ?? '';
};

/** Lets everybody end: approves what asks for it. */
export const approveIfAsked = async ({ stage, arn, deployment }: Played): Promise<void> => {
  if (!(await untilIn(stage, arn, 'Approval'))) return;
  for (let tries = 0; tries < 10 && stateNow(stage, arn) === 'Approval'; tries += 1) {
    await stage.cloud.advance(2_000);
    await ask(stage, 'Approve', { deployment, by: 'ada' });
  }
};

/** Executions of all machines that run still. */
export const running = (stage: Stage): string[] =>
  Object.values(stage.region.service('states').state.executions)
    .filter(({ status }) => status === 'RUNNING')
    .map(({ arn }) => arn);

/** Lets the cloud run until no execution does, and what is swept up afterwards is. */
export const untilAllEnded = async (stage: Stage, restMs = 6 * minuteMs): Promise<void> => {
  for (let rests = 0; rests < 20; rests += 1) {
    await stage.cloud.runUntil(() => running(stage).length === 0, 48 * 60 * minuteMs);
    await stage.cloud.advance(restMs);
    if (running(stage).length === 0) return;
  }
  throw new Error(`These never end: ${running(stage).join(', ')}`);
};

/** The machine of an execution that `statesOf` knows. */
export const machineArn = (stage: Stage, machine: MachineName): string =>
  ({
    deploy: stage.session.names.machineArn,
    rollback: stage.session.names.rollbackMachineArn,
    mend: stage.session.names.mendMachineArn,
  })[machine];
