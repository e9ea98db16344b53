/** Enters states: what each type of state does. */
import { choose } from './choice';
import { chosen, effectiveInput } from './data';
import type { FailState, PassState, WaitState } from './definition';
import {
  countTransition,
  end,
  goTo,
  guarded,
  type Run,
  type RunningVisit,
  scheduleTurn,
  sourceOf,
  succeed,
} from './engine';
import { StateFailure } from './failure';
import { addEntered, addExited, historyLimit } from './history';
import { readPath } from './path';
import type { Visit } from './state';

const pass = (running: RunningVisit, state: PassState): void => {
  const source = sourceOf(running);
  // `in`, because a Result may be null, false or 0.
  succeed(running, 'Result' in state ? state.Result : effectiveInput(state, source), state);
};

/** The maximum of Seconds and SecondsPath. */
const maxWaitSeconds = 99_999_999;
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const secondsMs = (seconds: unknown): number => {
  const isValid = typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0;
  if (isValid && seconds <= maxWaitSeconds) return seconds * 1000;
  const why = `The Wait state's seconds are ${JSON.stringify(seconds)}; expected a whole number from 0 to ${String(maxWaitSeconds)}.`;
  throw new StateFailure('States.Runtime', why);
};

/** A timestamp in the past gives no wait. */
const untilMs = (until: unknown, now: number): number => {
  if (typeof until === 'string' && timestamp.test(until)) return Math.max(0, Date.parse(until) - now);
  const why = `The Wait state's timestamp is ${JSON.stringify(until)}; expected one such as 2026-11-22T08:00:00Z.`;
  throw new StateFailure('States.Runtime', why);
};

const wait = (running: RunningVisit, state: WaitState): void => {
  const { context, ...source } = sourceOf(running);
  const value = chosen(state.InputPath, { ...source, context }, 'InputPath');
  const read = (path: string) => readPath(path, value, context);
  const bySeconds = state.SecondsPath === undefined ? state.Seconds : read(state.SecondsPath);
  const byTimestamp = state.TimestampPath === undefined ? state.Timestamp : read(state.TimestampPath);
  const delayMs =
    state.SecondsPath === undefined && state.Seconds === undefined
      ? untilMs(byTimestamp, running.region.now())
      : secondsMs(bySeconds);
  running.visit.turn = scheduleTurn(running, delayMs, 'waited');
};

/** The wait of a Wait state is over. */
export const waited = (run: Run, visit: Visit): void => {
  const state = run.machine.definition.States[visit.state];
  if (state?.Type !== 'Wait') return;
  const running = { ...run, visit, state };
  guarded(running, () => {
    succeed(running, chosen(state.InputPath, sourceOf(running), 'InputPath'));
  });
};

const failState = (running: RunningVisit, state: FailState): void => {
  const { value, context } = sourceOf(running);
  const read = (plain: string | undefined, path: string | undefined): string | undefined => {
    if (path === undefined) return plain;
    const found = readPath(path, value, context);
    if (typeof found === 'string') return found;
    throw new StateFailure('States.Runtime', `The path '${path}' of a Fail state does not lead to a string.`);
  };
  end(running, 'FAILED', {
    error: read(state.Error, state.ErrorPath),
    cause: read(state.Cause, state.CausePath),
  });
};

const perform = (running: RunningVisit, startTask: (running: RunningVisit) => void): void => {
  const { state, visit } = running;
  const source = sourceOf(running);
  switch (state.Type) {
    case 'Task':
      startTask(running);
      return;
    case 'Pass':
      pass(running, state);
      return;
    case 'Wait':
      wait(running, state);
      return;
    case 'Fail':
      failState(running, state);
      return;
    case 'Succeed':
      succeed(running, chosen(state.InputPath, source, 'InputPath'), state);
      return;
    case 'Choice': {
      const value = chosen(state.InputPath, source, 'InputPath');
      const next = choose(state, { ...source, value });
      const output = chosen(state.OutputPath, { ...source, value }, 'OutputPath');
      addExited(running.execution, running.region.now(), state.Type, visit.state, output);
      goTo(running, next, output);
    }
  }
};

/** Enters the execution's next state. */
export const enter = (run: Run, visit: Visit, startTask: (running: RunningVisit) => void): void => {
  const { execution, machine, region } = run;
  const state = machine.definition.States[visit.state];
  if (!state) throw new Error(`${machine.name} has no state ${visit.state}.`);
  if (execution.history.length >= historyLimit) {
    end(run, 'FAILED', {
      error: 'States.Runtime',
      cause: `The execution reached the maximum number of history events (${String(historyLimit)}).`,
    });
    return;
  }
  const entered: Visit = { ...visit, enteredAt: region.now() };
  execution.visit = entered;
  countTransition(run);
  addEntered(execution, region.now(), state.Type, visit.state, visit.input);
  const running = { ...run, visit: entered, state };
  guarded(running, () => {
    perform(running, startTask);
  });
};

/** A redrive enters this state again. It is for states other than tasks; a task is tried again instead. */
export const enterAgain = (run: Run, visit: Visit): void => {
  const state = run.machine.definition.States[visit.state];
  if (!state) return;
  countTransition(run);
  const running = { ...run, visit, state };
  guarded(running, () => {
    perform(running, () => undefined);
  });
};
