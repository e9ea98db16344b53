import type { CloudState, Faults } from '@forseti/embedded-cloud';
import { Table } from '../../../lib/aws/table';
import { type Release, Releases } from '../../../lib/engine/releases';
import { ask, minuteMs, scaleOut } from './acts';
import { goOn, play, type Played } from './course';
import { snapshotBefore } from './invariants';
export type { Played } from './course';
import type { MachineName } from './machines';
import { startTestStack, type TestStack, type TestStackOptions } from './testStack';
import { watch } from './watch';

const golden = ['LaunchBuilder', 'TerminateBuilder'];
const approved = ['Approval', 'RolloutRest', 'NeedsApproval'];

/** Only new instances get the version. */
const verified = ['VerifyImage', 'Verified'];

/** An instance refresh contains its bake time, so there is nothing to observe after it. */
const bakedOutside: Readonly<Record<string, string>> = {
  'deploy-and-snapshot': 'none',
  'golden-instance': 'surge',
};

/** The settings with which a deployment passes a state. */
export const optionsFor = (
  state: string,
  strategy = golden.includes(state) ? 'golden-instance' : 'deploy-and-snapshot',
): TestStackOptions => ({
  settings: {
    strategy,
    rollout: {
      strategy: verified.includes(state)
        ? 'none'
        : state === 'Observe'
          ? bakedOutside[strategy]
          : 'instance-refresh',
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
const deploymentFrom = async (options: TestStackOptions): Promise<Played> => {
  const stack = await startTestStack(options);
  const scene = {
    stage: stack,
    before: snapshotBefore(stack),
    watch: watch(stack),
    deployment: 'deployment-1',
  };
  return { ...scene, arn: await stack.start({ application: 'api', version: 'v2' }) };
};
/** The deployment without faults, played once for all tests of a file. */
const courseOf = (options: TestStackOptions): ReturnType<typeof play> => {
  const key = JSON.stringify(options);
  const course = courses.get(key) ?? deploymentFrom(options).then(play);
  courses.set(key, course);
  return course;
};

/** A deployment of a fleet to which an instance is just being added. */
const beginScaling = async (options: TestStackOptions): Promise<Played> => {
  const stack = await startTestStack(options);
  await scaleOut(stack);
  return {
    stage: stack,
    before: snapshotBefore(stack),
    watch: watch(stack),
    deployment: 'deployment-1',
    arn: await stack.start({ application: 'api', version: 'v2' }),
  };
};

/**
 * The deployment `deployment-1` of v2, on its way to a state. For `Queue` it is of v3, and finds another one of v2 at
 * work; for `Settle` an instance is Pending.
 * @param failing states whose functions the faults make fail before that, if any: these are still ahead too.
 */
export const beginDeployment = async (
  state: string,
  faults: Faults = {},
  { strategy, failing = [] }: { readonly strategy?: string; readonly failing?: readonly string[] } = {},
): Promise<Played> => {
  const options = optionsFor(state, strategy);
  if (state === 'Settle') return beginScaling({ ...options, faults });
  if (state !== 'Queue') return goOn('deploy', await courseOf(options), [state, ...failing], faults);
  const stack = await startTestStack({ ...options, faults });
  const scene = {
    stage: stack,
    before: snapshotBefore(stack),
    watch: watch(stack),
    deployment: 'deployment-1',
  };
  await stack.start({ application: 'api', version: 'v2' }, 'deployment-0');
  await stack.cloud.advance(30_000);
  return { ...scene, arn: await stack.start({ application: 'api', version: 'v3' }) };
};

/** The rollback `rollback-1` of a saved fleet, just started. */
const rollbackFrom = async (from: CloudState): Promise<Played> => {
  const stack = await startTestStack({ from });
  const scene = {
    stage: stack,
    before: snapshotBefore(stack),
    watch: watch(stack),
    deployment: 'rollback-1',
  };
  const machine = stack.session.names.rollbackMachineArn;
  return { ...scene, arn: await stack.start({ application: 'api' }, 'rollback-1', machine) };
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

/** A fleet on v2, at rest, with v1 to go back to: as it is, and with v2 marked bad, so that no rollback goes to it. */
export const savedFleets = async (): Promise<{ readonly good: CloudState; readonly bad: CloudState }> => {
  const stack = await startTestStack(optionsFor('Suspend'));
  const { outcome } = await stack.deploy(undefined, 'deployment-0');
  if (outcome !== 'Deployed') throw new Error(`The first deployment ended as ${outcome}.`);
  await stack.cloud.advance(10 * minuteMs);
  if (!(await stack.cloud.runUntil(() => stack.cloud.quiet(), 10 * minuteMs)))
    throw new Error('It never rests.');
  const good = stack.cloud.snapshot();
  const releases = new Releases(new Table<Release>(stack.dynamodb, 'forseti-production-releases'));
  const newest = (await releases.list('api')).find(({ version }) => version === 'v2');
  if (!newest) throw new Error('There is no release v2.');
  await releases.markBad(newest, 'ada');
  return { good, bad: stack.cloud.snapshot() };
};

const executionOf = (stack: TestStack, arn: string) => {
  const found = stack.region.service('states').state.executions[arn];
  if (!found) throw new Error(`There is no execution ${arn}.`);
  return found;
};

export const isRunning = (stack: TestStack, arn: string): boolean =>
  executionOf(stack, arn).status === 'RUNNING';
export const stateNow = (stack: TestStack, arn: string): string | undefined =>
  executionOf(stack, arn).visit?.state;

/** Lets the cloud run until an execution is in a state. @returns false if it ended without. */
export const untilIn = async (stack: TestStack, arn: string, state: string): Promise<boolean> => {
  await stack.cloud.runUntil(
    () => !isRunning(stack, arn) || stateNow(stack, arn) === state,
    48 * 60 * minuteMs,
  );
  return isRunning(stack, arn);
};

/** Lets the cloud run until a machine is started. @returns its execution. */
export const untilStarted = async (stack: TestStack, machine: MachineName): Promise<string> => {
  const started = () => running(stack).find((arn) => arn.includes(`-${machine}:`));
  await stack.cloud.runUntil(() => started() !== undefined, 60 * minuteMs);
  return started() ?? '';
};

/** Approves the deployment if it waits for that, so that it can end. */
export const approveIfAsked = async ({ stage: stack, arn, deployment }: Played): Promise<void> => {
  if (!(await untilIn(stack, arn, 'Approval'))) return;
  for (let tries = 0; tries < 10 && stateNow(stack, arn) === 'Approval'; tries += 1) {
    await stack.cloud.advance(2_000);
    await ask(stack, 'Approve', { deployment, by: 'ada' });
  }
};

/** Running executions of all machines. */
export const running = (stack: TestStack): string[] =>
  Object.values(stack.region.service('states').state.executions)
    .filter(({ status }) => status === 'RUNNING')
    .map(({ arn }) => arn);

/** Lets the cloud run until no execution runs, and the sweeps afterwards are done. */
export const untilAllEnded = async (stack: TestStack, restMs = 6 * minuteMs): Promise<void> => {
  for (let rests = 0; rests < 20; rests += 1) {
    await stack.cloud.runUntil(() => running(stack).length === 0, 48 * 60 * minuteMs);
    await stack.cloud.advance(restMs);
    if (running(stack).length === 0) return;
  }
  throw new Error(`These never end: ${running(stack).join(', ')}`);
};

/** The ARN of a machine by its name in `statesOf`. */
export const machineArn = (stack: TestStack, machine: MachineName): string =>
  ({
    deploy: stack.session.names.machineArn,
    rollback: stack.session.names.rollbackMachineArn,
    mend: stack.session.names.mendMachineArn,
  })[machine];
