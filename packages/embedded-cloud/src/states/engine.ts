/**
 * Runs executions. An interpreter of our own, not aws-local-stepfunctions: here an execution is plain data and its
 * next step an entry of the agenda, so that it can be saved in the middle, a stop ends it at once even in a retry's
 * back-off, `$$` is complete and one try has one token. Only Lambda's code itself runs as a promise.
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

/** What the agenda holds for an execution. */
export interface Turn {
  readonly execution: string;
  readonly turn: number;
}

/** One execution in the middle of its work. */
export interface Run {
  readonly region: Region;
  readonly machine: Machine;
  readonly execution: Execution;
}

export interface RunningVisit extends Run {
  readonly visit: Visit;
  readonly state: State;
}

/** The machine as it was when the execution was started: running ones, and redriven ones, keep their definition and role. */
export const machineOf = (states: StatesState, { former, machineArn }: Execution): Machine | undefined =>
  former ?? states.machines[machineArn];

/** The run of an execution, if it is still running. */
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

/** Puts the execution's next turn on the agenda; any other that it waited for is void. */
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

/** What the agenda holds for an execution as a whole. */
export interface WholeTimeout {
  readonly execution: string;
  /** When it was started or last redriven, epoch milliseconds: one for an earlier time is void. */
  readonly since: number;
}

export const runningSince = (execution: Execution): number => redrivenAt(execution) ?? execution.startedAt;

/** The machine's own time-out counts from the start, and anew from a redrive. */
export const awaitTimeout = ({ region, machine, execution }: Run): void => {
  const { TimeoutSeconds: seconds } = machine.definition;
  if (seconds === undefined) return;
  const due: WholeTimeout = { execution: execution.arn, since: runningSince(execution) };
  region.schedule(seconds * 1000, 'states', 'executionTimeout', due);
};

/**
 * The event that tells of a change of an execution's status: RUNNING (also by a redrive), SUCCEEDED, FAILED, TIMED_OUT,
 * ABORTED (EventBridge, "Step Functions events"). Best effort, as all that the bus delivers. PENDING_REDRIVE is only of
 * the children of a Map Run, which is not modelled.
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

/** Ends an execution; whatever it waited for is void. */
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

/** Goes on to a state, after the time that a transition takes. */
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

/** A state has failed for good: its Catch takes over, or the execution ends. */
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

/** Leaves a state with a result, by way of ResultSelector, ResultPath and OutputPath. */
export const succeed = (
  running: RunningVisit,
  result: unknown,
  shape: Parameters<typeof outputOf>[0] = running.state as object,
): void => {
  leave(running, outputOf(shape, sourceOf(running), result));
};

/** States entered and tries repeated are what AWS charges for. */
export const countTransition = ({ execution, region }: Run): void => {
  execution.transitions += 1;
  region.meter?.('stateTransitions', 1);
};

/** Runs a piece of a state; what of it fails in the language's terms fails the state. */
export const guarded = (running: RunningVisit, work: () => void): void => {
  try {
    work();
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    fail(running, error);
  }
};
