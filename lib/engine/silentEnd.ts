import type { Failure } from './outcome';
import type { DeploymentRecord, StepItem } from './record';
import { isRunning, runningStep, stateOfStep } from './runningStep';
import { movedAtOf } from './waiting/lookNotes';

type Ended = Pick<DeploymentRecord, 'kind' | 'application' | 'version' | 'timeouts'>;

const compensating: readonly string[] = ['Undo', 'Restore'];
/** What comes after a step whose time ran out. */
const after: readonly string[] = [...compensating, 'CompleteRestored', 'CleanUp', 'Close', 'Unlock'];

const instant = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

const timeOf = (record: Ended, state: string): string => {
  const seconds = record.timeouts?.[state];
  if (seconds === undefined) return 'its time';
  return seconds < 120 ? `its ${String(seconds)} s` : `its ${String(Math.round(seconds / 60))} minutes`;
};

/** What a step that ran out of time last saw: its progress, since when nothing moved on, and why in AWS's own words. */
const lastSeenText = (record: Ended, step: StepItem): string => {
  const state = stateOfStep(step);
  const { mark, progress = '', reason = '' } = step;
  if (mark === undefined)
    return `${state} did not answer: each try of its function ended without a word. Its log tells why: see the function's log group.`;
  const why = reason === '' ? 'AWS gave no reason' : reason;
  const where = progress === '' ? '' : `: ${progress}`;
  return `${state} did not end within ${timeOf(record, state)}${where}. It has not moved on since ${instant(movedAtOf(step))}; what it last saw: ${why}.`;
};

/**
 * The failure of a step that could not report it itself: its time ran out, or its function never answered. AWS gives such
 * an end no cause, so the step's own notes tell it.
 * @param caught what the machine caught.
 */
export const silentFailure = (record: Ended, caught: Failure, steps: readonly StepItem[]): Failure => {
  if (caught.error !== 'States.Timeout') return caught;
  const step = runningStep(steps.filter((one) => !after.includes(stateOfStep(one))));
  if (!step) return caught;
  const message = lastSeenText(record, step);
  return { ...caught, state: stateOfStep(step), message, problems: [message] };
};

/** What the steps of the compensation last saw that did not end. */
export const unendedCompensation = (record: Ended, steps: readonly StepItem[]): string[] =>
  steps
    .filter((step) => compensating.includes(stateOfStep(step)) && isRunning(step))
    .map((step) => lastSeenText(record, step));
