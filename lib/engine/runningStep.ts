import type { Core } from './core';
import type { StepItem } from './record';

/** The state of a step's item: of `step#Rollout`, `Rollout`. */
export const stateOfStep = ({ item }: Pick<StepItem, 'item'>): string => item.slice('step#'.length);

/** What the sweep notes of a spike stands among the steps, and is none. */
const noStates: readonly string[] = ['Relief'];

/** Whether it neither ended nor failed. A step that is over when its function returns never notes an end. */
export const isRunning = ({ startedAt, endedAt, failedAt }: StepItem): boolean =>
  endedAt === undefined && (failedAt === undefined || failedAt < startedAt);

/** The step that was begun last and runs. */
export const runningStep = (steps: readonly StepItem[]): StepItem | undefined =>
  steps
    .filter((step) => isRunning(step) && !noStates.includes(stateOfStep(step)))
    .sort((a, b) => b.startedAt - a.startedAt)[0];

/** `Rollout, 14 of 20 instances`; with the reason, where something keeps it. */
export const stepText = (step: StepItem): string => {
  const { progress, reason = '' } = step;
  return [stateOfStep(step), progress ?? [], reason === '' ? [] : reason].flat().join(', ');
};

/** Where a deployment that others wait for stands; for people. */
export const whereIs = async (core: Core, deployment: string | undefined): Promise<string | undefined> => {
  if (deployment === undefined) return undefined;
  const step = runningStep(await core.records.steps(deployment));
  return `${deployment} is at ${step === undefined ? 'its first step' : stepText(step)}`;
};
