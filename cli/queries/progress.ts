import { expectedSteps, type PathOf } from '../../lib/engine/path';

/** An event of ExecutionStep Functions' GetExecutionHistory, as far as it is needed here. */
export interface HistoryEvent {
  readonly timestamp?: Date | undefined;
  readonly type?: string | undefined;
  readonly stateEnteredEventDetails?: { readonly name?: string | undefined } | undefined;
  readonly stateExitedEventDetails?: { readonly name?: string | undefined } | undefined;
}

export interface ExecutionStep {
  readonly name: string;
  readonly state: 'done' | 'running' | 'failed' | 'ahead';
  /** Epoch milliseconds. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Such as `14 of 20 instances`. */
  readonly progress?: string;
}

/** States that only run after a failure, or that end the execution. */
const undoingStates = [
  'RaiseFence',
  'WaitOut',
  'LookAgain',
  'Undo',
  'Restore',
  'CompleteRestored',
  'CleanUp',
  'Close',
];

/** Whether a state undoes, repairs or closes, rather than carries on with the deployment. */
export const isUndoing = (name: string): boolean => undoingStates.includes(name);

/** The names of all states entered, in their order. */
export const pathOf = (events: readonly HistoryEvent[]): string[] =>
  events.flatMap(({ type = '', stateEnteredEventDetails: entered }) =>
    type.endsWith('StateEntered') && entered?.name !== undefined ? [entered.name] : [],
  );

/** Events of an attempt, whatever kind of task it is. */
const failure = /^(Task|LambdaFunction|Activity)\w*(Failed|TimedOut)$/;
const success = /^(Task|LambdaFunction|Activity)Succeeded$/;

const entry = /^(Task|Wait)StateEntered$/;
const exit = /^(Task|Wait)StateExited$/;

/** The tasks and waits that were entered; choices take no time, so they are not shown. */
const tasksOf = (events: readonly HistoryEvent[]): ExecutionStep[] => {
  const steps: ExecutionStep[] = [];
  let failed = false;
  for (const {
    type = '',
    timestamp,
    stateEnteredEventDetails: entered,
    stateExitedEventDetails: exited,
  } of events) {
    const at = timestamp?.getTime() ?? 0;
    // A retry that succeeds makes up for an attempt that failed.
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
 * Judges each step by the state that came after it. The history lacks the failure of a function that never answered, and
 * an error that only chooses the next state (Lock goes on to Queue) is no failure.
 */
const withFailures = (steps: readonly ExecutionStep[]): ExecutionStep[] =>
  steps.map((step, index) => {
    const next = steps[index + 1]?.name;
    if (next === undefined || isUndoing(step.name)) return step;
    return { ...step, state: isUndoing(next) ? 'failed' : 'done' };
  });

/** The steps of an execution that has ended. If it was stopped, the step that ran then has no end event: it failed. */
export const endedAt = (steps: readonly ExecutionStep[], at: number): ExecutionStep[] =>
  steps
    .filter(({ state }) => state !== 'ahead')
    .map((step) => (step.state === 'running' ? { ...step, state: 'failed', endedAt: at } : step));

/**
 * The steps of a deployment or rollback: passed, running and, unless something failed, those ahead.
 * @param plan what the record says of the path; undefined where it is not known yet.
 * @param progress what each step noted in the record, by the step's name.
 */
export const stepsOf = (
  events: readonly HistoryEvent[],
  plan: PathOf | undefined,
  progress: Readonly<Record<string, string>> = {},
): ExecutionStep[] => {
  const passed = withFailures(tasksOf(events)).map((step): ExecutionStep => {
    const text = progress[step.name];
    return text === undefined ? step : { ...step, progress: text };
  });
  if (!plan || passed.some(({ name }) => isUndoing(name))) return passed;
  const expected = expectedSteps(plan);
  const reached = Math.max(-1, ...passed.map(({ name }) => expected.indexOf(name)));
  const ahead = expected.slice(reached + 1);
  return [...passed, ...ahead.map((name): ExecutionStep => ({ name, state: 'ahead' }))];
};
