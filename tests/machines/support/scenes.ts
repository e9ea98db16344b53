import type { CloudState } from '../../../local/core/cloud';
import type { Faults } from '../../../local/faults';
import { ask, minuteMs } from './acts';
import { pictureBefore, type Scene } from './invariants';
import type { MachineName } from './machines';
import { raise, type Stage, type StageOptions } from './stage';
import { watch } from './watch';

/** A scene on a stage, and the execution that it is about. */
export interface Played extends Scene {
  readonly arn: string;
}

const golden = ['LaunchBuilder', 'TerminateBuilder'];
const approved = ['Approval', 'RolloutRest', 'NeedsApproval'];

/** The settings with which a deployment comes by a state. */
export const optionsFor = (state: string): StageOptions => ({
  settings: {
    strategy: golden.includes(state) ? 'golden-instance' : 'deploy-and-snapshot',
    rollout: {
      strategy: 'instance-refresh',
      bakeMinutes: 5,
      ...(approved.includes(state) && { approval: { percentage: 50, timeoutMinutes: 20 } }),
    },
    scaling: {
      policies: { cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target: 50 } },
    },
    ...(state === 'Queue' && { concurrency: 'queue-latest' }),
  },
  group: { suspended: ['AZRebalance'] },
});

/** The deployment `deployment-1` of v2, begun. One for `Queue` finds another one of v2 at work, and is of v3. */
export const beginDeployment = async (state: string, faults: Faults = {}): Promise<Played> => {
  const stage = await raise({ ...optionsFor(state), faults });
  const scene = { stage, before: pictureBefore(stage), watch: watch(stage), deployment: 'deployment-1' };
  if (state !== 'Queue') return { ...scene, arn: await stage.start({ application: 'api', version: 'v2' }) };
  await stage.start({ application: 'api', version: 'v2' }, 'deployment-0');
  await stage.cloud.advance(30_000);
  return { ...scene, arn: await stage.start({ application: 'api', version: 'v3' }) };
};

/** The rollback `rollback-1` of a saved fleet, begun. */
export const beginRollback = async (
  from: CloudState,
  faults: Faults = {},
  input: object = {},
): Promise<Played> => {
  const stage = await raise({ from, faults });
  const scene = { stage, before: pictureBefore(stage), watch: watch(stage), deployment: 'rollback-1' };
  const arn = await stage.start(
    { application: 'api', ...input },
    'rollback-1',
    stage.session.names.rollbackMachineArn,
  );
  return { ...scene, arn };
};

/** A fleet on v2, with v1 to go back to, at rest. */
export const savedFleet = async (): Promise<CloudState> => {
  const stage = await raise(optionsFor('Suspend'));
  const { outcome } = await stage.deploy(undefined, 'deployment-0');
  if (outcome !== 'Deployed') throw new Error(`The first deployment ended as ${outcome}.`);
  await stage.cloud.advance(10 * minuteMs);
  if (!(await stage.cloud.runUntil(() => stage.cloud.quiet(), 10 * minuteMs))) throw new Error('It never rests.');
  return stage.cloud.snapshot();
};

const executionOf = (stage: Stage, arn: string) => {
  const found = stage.region.service('states').state.executions[arn];
  if (!found) throw new Error(`There is no execution ${arn}.`);
  return found;
};

export const isRunning = (stage: Stage, arn: string): boolean => executionOf(stage, arn).status === 'RUNNING';
export const stateNow = (stage: Stage, arn: string): string | undefined => executionOf(stage, arn).visit?.state;

/** Lets the cloud run until an execution is in a state; false where it ended without. */
export const untilIn = async (stage: Stage, arn: string, state: string): Promise<boolean> => {
  await stage.cloud.runUntil(() => !isRunning(stage, arn) || stateNow(stage, arn) === state, 48 * 60 * minuteMs);
  return isRunning(stage, arn);
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
