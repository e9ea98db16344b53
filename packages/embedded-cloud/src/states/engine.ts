/**
 * Runs executions. It is our own interpreter instead of aws-local-stepfunctions, for these reasons. An execution is
 * plain data and its next step an agenda entry, so that it can be saved at any point. A stop takes effect at once,
 * even during a retry's back-off. `$$` is complete, and each attempt has its own token. Only Lambda's code runs as a
 * promise.
 */
import type { Region } from '../core/service';
import type { State } from './definition';
import { contextOf } from './context';
import { checkSize, outputOf, withResult } from './data';
import { StateFailure } from './failure';
import { addEvent, addExited } from './history';
import { redriveCount, redrivenAt, redriveStatus } from './redrive';
import { catcherFor } from './retry';
import type { Execution, Machine, StatesState, Status, Visit } from './state';
import type { Source } from './template';

/** The payload of an execution's agenda entry. */
export interface Turn {
  readonly execution: string;
  readonly turn: number;
}

/** A running execution with its machine. */
export interface Run {
  readonly region: Region;
  readonly machine: Machine;
  readonly execution: Execution;
}

export interface RunningVisit extends Run {
  readonly visit: Visit;
  readonly state: State;
}

/** The machine with which the execution was started. Running and redriven executions keep that definition and role. */
export const machineOf = (states: StatesState, { former, machineArn }: Execution): Machine | undefined =>
  former ?? states.machines[machineArn];

/** The run of an execution; undefined if it is not running. */
export const runOf = (region: Region, states: StatesState, executionArn: string): Run | undefined => {
  const execution = states.executions[executionArn];
  const machine = execution && machineOf(states, execution);
  if (!machine || execution.status !== 'RUNNING') return undefined;
  return { region, machine, execution };
};

export const sourceOf = ({ machine, execution, visit }: RunningVisit): Source => ({
  value: visit.input,
  context: contextOf(machine, execution, visit),
});

/** Schedules the execution's next turn. Entries for earlier turns become void. */
export const scheduleTurn = ({ region, execution }: Run, delayMs: number, kind: string): number => {
  execution.turn += 1;
  const turn: Turn = { execution: execution.arn, turn: execution.turn };
  region.schedule(delayMs, 'states', kind, turn);
  return execution.turn;
};

export const transitionMs = ({ chance, timings }: Region): number =>
  chance.around(timings.transitionMs, timings.spread);

const endedEvents = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;

/** The payload of the agenda entry that times out a whole execution. */
export interface WholeTimeout {
  readonly execution: string;
  /** When it was started or last redriven, in epoch milliseconds. An entry for an earlier time is void. */
  readonly since: number;
}

export const runningSince = (execution: Execution): number => redrivenAt(execution) ?? execution.startedAt;

/** Schedules the machine's own timeout. It counts from the start, or from the last redrive. */
export const awaitTimeout = ({ region, machine, execution }: Run): void => {
  const { TimeoutSeconds: seconds } = machine.definition;
  if (seconds === undefined) return;
  const due: WholeTimeout = { execution: execution.arn, since: runningSince(execution) };
  region.schedule(seconds * 1000, 'states', 'executionTimeout', due);
};

/**
 * Publishes a change of an execution's status: RUNNING (also after a redrive), SUCCEEDED, FAILED, TIMED_OUT, ABORTED
 * (EventBridge, "Step Functions events"). Delivery is best effort. PENDING_REDRIVE is only for children of a Map
 * Run, which is not modelled.
 */
export const publishStatus = ({ region, execution }: Run): void => {
  const { redriveStatusReason = null, ...redrive } = redriveStatus(execution, region.now());
  region.publish({
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    resources: [execution.arn],
    detail: {
      executionArn: execution.arn,
      stateMachineArn: execution.machineArn,
      name: execution.name,
      status: execution.status,
      startDate: execution.startedAt,
      stopDate: execution.stoppedAt ?? null,
      input: execution.input,
      inputDetails: { included: true },
      output: execution.output ?? null,
      outputDetails: execution.output === undefined ? null : { included: true },
      error: execution.error ?? null,
      cause: execution.cause ?? null,
      redriveCount: redriveCount(execution),
      redriveDate: redrivenAt(execution) ?? null,
      ...redrive,
      redriveStatusReason,
    },
  });
};

/** Ends an execution. Its pending agenda entries become void. */
export const end = (
  run: Run,
  status: Exclude<Status, 'RUNNING'>,
  result: { output?: unknown; error?: string | undefined; cause?: string | undefined },
): void => {
  const { execution, region } = run;
  const { error, cause } = result;
  const details = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
  if (status !== 'SUCCEEDED' && execution.visit) execution.unfinished = execution.visit;
  delete execution.visit;
  execution.turn += 1;
  Object.assign(execution, { status, stoppedAt: region.now(), ...details });
  if (status === 'SUCCEEDED') execution.output = JSON.stringify(result.output);
  const type = endedEvents[status];
  const member = `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
  const eventDetails = status === 'SUCCEEDED' ? { output: execution.output } : details;
  addEvent(execution, region.now(), type, { [member]: eventDetails });
  publishStatus(run);
};

/** Moves to a state, after the duration of a transition. */
export const goTo = (run: Run, name: string, input: unknown): void => {
  const { execution, region } = run;
  const visit: Visit = { state: name, input, enteredAt: 0, retryCount: 0, retries: {}, turn: 0 };
  execution.visit = visit;
  visit.turn = scheduleTurn(run, transitionMs(region), 'enter');
};

/** Leaves a state with its output. */
const leave = (running: RunningVisit, output: unknown): void => {
  const { execution, region, state, visit } = running;
  checkSize(output, visit.state);
  addExited(execution, region.now(), state.Type, visit.state, output);
  if ('Next' in state && state.Next !== undefined) goTo(running, state.Next, output);
  else end(running, 'SUCCEEDED', { output });
};

/** A state has failed finally: its Catch applies, or the execution ends. */
export const fail = (running: RunningVisit, failure: StateFailure): void => {
  const { execution, region, state, visit } = running;
  const problem = { Error: failure.error, Cause: failure.why };
  const catcher = state.Type === 'Task' ? catcherFor(state.Catch, failure.error) : undefined;
  if (!catcher) {
    end(running, 'FAILED', { error: failure.error, cause: failure.why });
    return;
  }
  try {
    const output = withResult(catcher.ResultPath, visit.input, problem);
    checkSize(output, visit.state);
    addExited(execution, region.now(), state.Type, visit.state, output);
    goTo(running, catcher.Next, output);
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    end(running, 'FAILED', { error: 'States.Runtime', cause: error.why });
  }
};

/** Leaves a state with a result, after ResultSelector, ResultPath and OutputPath. */
export const succeed = (
  running: RunningVisit,
  result: unknown,
  shape: Parameters<typeof outputOf>[0] = running.state as object,
): void => {
  leave(running, outputOf(shape, sourceOf(running), result));
};

/** AWS charges for each entered state and each retry. */
export const countTransition = ({ execution, region }: Run): void => {
  execution.transitions += 1;
  region.meter?.('stateTransitions', 1);
};

/** Runs a part of a state. A StateFailure in it fails the state. */
export const guarded = (running: RunningVisit, work: () => void): void => {
  try {
    work();
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    fail(running, error);
  }
};
