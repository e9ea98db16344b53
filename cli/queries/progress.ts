import { expectedSteps, type PathOf } from '../../lib/engine/path';
import { isUndoing } from '../views/steps';

/** What the history of an execution tells, as far as it is needed. */
export interface HistoryEvent {
  readonly timestamp?: Date | undefined;
  readonly type?: string | undefined;
  readonly stateEnteredEventDetails?: { readonly name?: string | undefined } | undefined;
  readonly stateExitedEventDetails?: { readonly name?: string | undefined } | undefined;
}

export interface Step {
  readonly name: string;
  readonly state: 'done' | 'running' | 'failed' | 'ahead';
  /** Epoch milliseconds. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Such as `14 of 20 instances`. */
  readonly progress?: string;
}

/** The names of all states entered, in their order. */
export const pathOf = (events: readonly HistoryEvent[]): string[] =>
  events.flatMap(({ type = '', stateEnteredEventDetails: entered }) =>
    type.endsWith('StateEntered') && entered?.name !== undefined ? [entered.name] : [],
  );

const failure = /^(Task|LambdaFunction|Activity)\w*(Failed|TimedOut)$/;
const success = /^(Task|LambdaFunction|Activity)Succeeded$/;

const entry = /^(Task|Wait)StateEntered$/;
const exit = /^(Task|Wait)StateExited$/;

/** Only tasks and waits are shown: choices take no time. */
const tasksOf = (events: readonly HistoryEvent[]): Step[] => {
  const steps: Step[] = [];
  let failed = false;
  for (const {
    type = '',
    timestamp,
    stateEnteredEventDetails: entered,
    stateExitedEventDetails: exited,
  } of events) {
    const at = timestamp?.getTime() ?? 0;
    // A failure that is retried is followed by a success.
    if (failure.test(type)) failed = true;
    else if (success.test(type)) failed = false;
    if (entry.test(type) && entered?.name !== undefined) {
      steps.push({ name: entered.name, state: 'running', startedAt: at });
      failed = false;
    }
    const last = steps.at(-1);
    if (exit.test(type) && last?.name === exited?.name && last)
      steps[steps.length - 1] = { ...last, state: failed ? 'failed' : 'done', endedAt: at };
  }
  return steps;
};

/**
 * Where a step went next tells too: the history may lack what a function never answered, and a step that says by an error
 * which way it goes on (Lock to Queue) has not failed.
 */
const withFailures = (steps: readonly Step[]): Step[] =>
  steps.map((step, index) => {
    const next = steps[index + 1]?.name;
    if (next === undefined || isUndoing(step.name)) return step;
    return { ...step, state: isUndoing(next) ? 'failed' : 'done' };
  });

/** Of an execution that was stopped, the step that ran has no end of its own. */
export const endedAt = (steps: readonly Step[], at: number): Step[] =>
  steps
    .filter(({ state }) => state !== 'ahead')
    .map((step) => (step.state === 'running' ? { ...step, state: 'failed', endedAt: at } : step));

/**
 * The steps of a deployment or rollback: those passed, the one running, and, unless something failed, those ahead.
 * @param progress by step, what the record notes of it.
 */
export const stepsOf = (
  events: readonly HistoryEvent[],
  plan: PathOf | undefined,
  progress: Readonly<Record<string, string>> = {},
): Step[] => {
  const passed = withFailures(tasksOf(events)).map((step): Step => {
    const text = progress[step.name];
    return text === undefined ? step : { ...step, progress: text };
  });
  if (!plan || passed.some(({ name }) => isUndoing(name))) return passed;
  const expected = expectedSteps(plan);
  const reached = Math.max(-1, ...passed.map(({ name }) => expected.indexOf(name)));
  const ahead = expected.slice(reached + 1);
  return [...passed, ...ahead.map((name): Step => ({ name, state: 'ahead' }))];
};
