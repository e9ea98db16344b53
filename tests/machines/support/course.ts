import type { CallRecord, CloudState, Faults } from '@forseti/embedded-cloud';
import type { Scene } from './invariants';
import { type MachineName, statesOf } from './machines';
import { startTestStack } from './testStack';
import { type Watched, watch } from './watch';

/** A scene on a stage, and the execution that it is about. */
export interface Played extends Scene {
  readonly arn: string;
}

/** A cloud on which nothing runs for the moment, and what was seen until then. */
interface Moment {
  readonly cloud: CloudState;
  readonly watched: Watched;
  readonly calls: readonly CallRecord[];
}

/**
 * An execution with nothing in its way: for each state that it came by, the last moment before in which it could be
 * saved. What is to go wrong in a state is played from there, and what comes before is played once for all.
 */
interface Course {
  readonly begun: Omit<Played, 'stage' | 'watch'>;
  readonly start: Moment;
  /** In the order in which they were entered. */
  readonly before: ReadonlyMap<string, Moment>;
}

/** It stands until somebody approves: what follows depends on that. */
const asking = 'Approval';
/** While an execution waits, it is saved about so often: the shorter is what has to be played again. */
const staleMs = 60_000;
const maxMs = 48 * 3_600_000;

const momentOf = ({ stage: stack, watch: watching }: Played): Moment => ({
  cloud: stack.cloud.snapshot(),
  watched: watching.watched(),
  calls: [...stack.cloud.calls.list],
});

/** Plays an execution from its begin to its end, or to the question whether it may go on. */
export const play = async (played: Played): Promise<Course> => {
  const { stage: stack, arn, deployment } = played;
  const execution = stack.region.service('states').state.executions[arn];
  if (!execution) throw new Error(`There is no execution ${arn}.`);
  const start = momentOf(played);
  const before = new Map<string, Moment>();
  let [latest, seenAt, savedAt, isFirstVisit] = [start, '', '', true];
  const state = () => execution.visit?.state ?? '';
  const place = () => `${state()} ${String(execution.visit?.enteredAt)}`;
  const isStale = () => savedAt !== place() || stack.cloud.now() - latest.cloud.now >= staleMs;
  const canBeSaved = () => isStale() && stack.cloud.quiet();
  while (!before.has(asking)) {
    await stack.cloud.runUntil(() => seenAt !== place() || canBeSaved(), maxMs);
    if (execution.status !== 'RUNNING') break;
    if (!seenAt.startsWith(`${state()} `)) isFirstVisit = !before.has(state());
    seenAt = place();
    if (canBeSaved()) {
      latest = momentOf(played);
      savedAt = place();
    }
    // On its way there: the execution enters it when the time of a transition has passed.
    if (isFirstVisit && (execution.visit?.enteredAt === 0 || !before.has(state())))
      before.set(state(), latest);
  }
  if (!['RUNNING', 'SUCCEEDED'].includes(execution.status))
    throw new Error(`${arn} had nothing in its way, and ended as ${execution.error ?? execution.status}.`);
  return { begun: { arn, deployment, before: played.before }, start, before };
};

/** The moment before any of the states, or another state of the same function, was entered for the first time. */
const momentBefore = (machine: MachineName, course: Course, states: readonly string[]): Moment => {
  const { functions } = statesOf(machine);
  const meant = new Set(states.map((state) => functions[state] ?? state));
  const first = [...course.before.keys()].find((state) => meant.has(functions[state] ?? state));
  return course.before.get(first ?? '') ?? course.start;
};

/**
 * Goes on from before the first of these states, with faults that leave alone whatever was before: the watch and the
 * list of calls hold that, too.
 */
export const goOn = async (
  machine: MachineName,
  course: Course,
  states: readonly string[],
  faults: Faults,
): Promise<Played> => {
  const { cloud, watched, calls } = momentBefore(machine, course, states);
  const stack = await startTestStack({ from: cloud, faults });
  stack.cloud.calls.list.push(...calls);
  return { ...course.begun, stage: stack, watch: watch(stack, watched) };
};
