/** Entering a state: what each type of state does. */
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
  // `in`, since a Result may be null, false or 0.
  succeed(running, 'Result' in state ? state.Result : effectiveInput(state, source), state);
};

const wait = (running: RunningVisit, state: WaitState): void => {
  const { value, context } = sourceOf(running);
  const seconds =
    state.SecondsPath === undefined ? state.Seconds : readPath(state.SecondsPath, value, context);
  const until =
    state.TimestampPath === undefined ? state.Timestamp : readPath(state.TimestampPath, value, context);
  const delayMs =
    seconds === undefined ? Date.parse(String(until)) - running.region.now() : Number(seconds) * 1000;
  if (Number.isNaN(delayMs)) throw new StateFailure('States.Runtime', 'The Wait state names no time.');
  running.visit.turn = scheduleTurn(running, Math.max(0, delayMs), 'waited');
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

/** Enters the state that the execution has come to. */
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
