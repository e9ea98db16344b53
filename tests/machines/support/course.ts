import type { CallRecord, CloudState, Faults } from '@forseti/embedded-cloud';
import type { Scene } from './invariants';
import { type MachineName, statesOf } from './machines';
import { startTestStack } from './testStack';
import { type Watched, watch } from './watch';

/** A scene on a test stack, and the execution that it is about. */
export interface Played extends Scene {
  readonly arn: string;
}

/** A cloud on which nothing runs at the moment, and what was seen until then. */
interface Moment {
  readonly cloud: CloudState;
  readonly watched: Watched;
  readonly calls: readonly CallRecord[];
}

/**
 * An execution without faults, with the last moment before each of its states in which it could be saved. A test with
 * a fault in a state starts from there, so that what comes before is played once.
 */
interface Course {
  readonly begun: Omit<Played, 'stage' | 'watch'>;
  readonly start: Moment;
  /** In the order in which they were entered. */
  readonly before: ReadonlyMap<string, Moment>;
}

/** The state in which the execution waits for an approval. What follows depends on the approval. */
const asking = 'Approval';
/** A waiting execution is saved about this often, so that little has to be played again. */
const staleMs = 60_000;
const maxMs = 48 * 3_600_000;

const momentOf = ({ stage: stack, watch: watching }: Played): Moment => ({
  cloud: stack.cloud.snapshot(),
  watched: watching.watched(),
  calls: [...stack.cloud.calls.list],
});

/** Plays an execution from its beginning to its end, or until it waits for its approval. */
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
    // The transition is under way: the execution enters the state when its time has passed.
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
 * Continues from before the first of these states. The faults must not change what came before, which the watch and
 * the list of calls contain too.
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
