import type { Region } from '../core/service';
import type { TaskState } from './definition';
import { checkSize, effectiveInput } from './data';
import {
  countTransition,
  fail,
  guarded,
  machineOf,
  type Run,
  type RunningVisit,
  scheduleTurn,
  sourceOf,
  succeed,
} from './engine';
import { StateFailure } from './failure';
import { addEvent, taskEvents } from './history';
import { runLambda, waitsForToken } from './lambdaTask';
import { readPath } from './path';
import { nextRetry } from './retry';
import type { StatesState } from './state';

export interface TaskRun extends RunningVisit {
  readonly state: TaskState;
}

/** Runs the code of functions in the background. The service is not quiet meanwhile. */
export type Background = (work: Promise<void>) => void;

/** The execution's current task, if it is in one. */
export const taskOf = (run: Run): TaskRun | undefined => {
  const { visit } = run.execution;
  const state = visit && run.machine.definition.States[visit.state];
  return visit && state?.Type === 'Task' ? { ...run, visit, state } : undefined;
};

const timeoutSeconds = (task: TaskRun): number | undefined => {
  const { TimeoutSeconds, TimeoutSecondsPath } = task.state;
  if (TimeoutSecondsPath === undefined) return TimeoutSeconds;
  const { value, context } = sourceOf(task);
  const seconds = readPath(TimeoutSecondsPath, value, context);
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0) return seconds;
  const why = `TimeoutSecondsPath '${TimeoutSecondsPath}' must lead to a positive integer.`;
  throw new StateFailure('States.Runtime', why);
};

/** An attempt has failed: the next one follows after its back-off, or the state fails. Its token is void. */
export const failTask = (task: TaskRun, failure: StateFailure): void => {
  const { execution, region, state, visit } = task;
  const [type, details] = taskEvents(state.Resource).failed(failure.error, failure.why);
  addEvent(execution, region.now(), type, details);
  delete visit.token;
  const retry = nextRetry(state.Retry, visit.retries, failure.error, region.chance);
  if (!retry) {
    fail(task, failure);
    return;
  }
  visit.retries[retry.index] = (visit.retries[retry.index] ?? 0) + 1;
  visit.retryCount += 1;
  visit.turn = scheduleTurn(task, retry.delayMs, 'retry');
};

/** An attempt has succeeded. An error in its result can be caught like the task's own failure. */
export const succeedTask = (task: TaskRun, result: unknown): void => {
  const { execution, region, state, visit } = task;
  try {
    checkSize(result, visit.state);
  } catch (error) {
    failTask(task, error as StateFailure);
    return;
  }
  const [type, details] = taskEvents(state.Resource).succeeded(JSON.stringify(result));
  addEvent(execution, region.now(), type, details);
  guarded(task, () => {
    succeed(task, result);
  });
};

/** Starts an attempt of a task: issues the token, sets the deadline and invokes the function. */
export const startTask = (states: () => StatesState, background: Background, task: TaskRun): void => {
  const { execution, region, state, visit } = task;
  if (waitsForToken(state.Resource)) {
    visit.token = Buffer.from(`${region.newId()}${region.newId()}`).toString('base64');
    states().tokens[visit.token] = execution.arn;
  }
  const input = effectiveInput(state, sourceOf(task));
  checkSize(input, visit.state);
  const seconds = timeoutSeconds(task);
  const events = taskEvents(state.Resource);
  addEvent(execution, region.now(), ...events.scheduled(region.name, JSON.stringify(input)));
  addEvent(execution, region.now(), ...events.started());
  execution.turn += 1;
  visit.turn = execution.turn;
  const { turn } = visit;
  if (seconds !== undefined) {
    region.schedule(seconds * 1000, 'states', 'timeout', { execution: execution.arn, turn });
  }
  const current = () => currentTask(region, states(), execution.arn, turn);
  background(runTry(task, current, input));
};

/** The task, if its execution is still in that turn. It is read anew, since the state may have been replaced. */
const currentTask = (region: Region, states: StatesState, arn: string, turn: number): TaskRun | undefined => {
  const execution = states.executions[arn];
  const machine = execution && machineOf(states, execution);
  if (!machine || execution.status !== 'RUNNING' || execution.visit?.turn !== turn) return undefined;
  return taskOf({ region, machine, execution });
};

const runTry = async (task: TaskRun, current: () => TaskRun | undefined, input: unknown): Promise<void> => {
  const { execution, machine, region, state } = task;
  try {
    const result = await runLambda(region, machine, execution, state.Resource, input);
    const now = current();
    // A task that waits for a token does not end with the function's response.
    if (now && waitsForToken(state.Resource)) submitted(now, result);
    else if (now) succeedTask(now, result);
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    const now = current();
    if (now) failTask(now, error);
  }
};

const submitted = ({ execution, region, state }: TaskRun, result: unknown): void => {
  const resource = state.Resource.slice(state.Resource.lastIndexOf(':lambda:') + 8);
  addEvent(execution, region.now(), 'TaskSubmitted', {
    taskSubmittedEventDetails: { resourceType: 'lambda', resource, output: JSON.stringify(result) },
  });
};

/** Starts the same task again, after a back-off. */
export const retryTask = (start: (task: TaskRun) => void, task: TaskRun): void => {
  countTransition(task);
  guarded(task, () => {
    start(task);
  });
};

/** Step Functions gives the time-out of a task no cause. */
export const timeoutFailure = (): StateFailure => new StateFailure('States.Timeout', '');
