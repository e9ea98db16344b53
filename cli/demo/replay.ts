import { type HistoryEvent, type ExecutionStep, stepsOf } from '../queries/progress';
import type { PathOf } from '../../lib/engine/path';

/** The fleet at one moment of the run. */
export interface Sample {
  /** Epoch milliseconds. */
  readonly at: number;
  /** What each step noted in the record, by the step's name. */
  readonly progress: Readonly<Record<string, string>>;
  /** How many instances run each version. */
  readonly versions: Readonly<Record<string, number>>;
}

/** All that is needed to show a deployment again. */
export interface Recording {
  readonly events: readonly HistoryEvent[];
  readonly plan: PathOf;
  readonly samples: readonly Sample[];
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface Frame {
  readonly at: number;
  readonly steps: readonly ExecutionStep[];
  readonly versions: Readonly<Record<string, number>>;
}

/** What a live view would have shown at that moment. */
export const frameAt = ({ events, plan, samples }: Recording, at: number): Frame => {
  const seen = events.filter(({ timestamp }) => (timestamp?.getTime() ?? 0) <= at);
  const last = samples.filter((sample) => sample.at <= at).at(-1) ?? samples[0];
  return { at, steps: stepsOf(seen, plan, last?.progress), versions: last?.versions ?? {} };
};

/** The moments of a number of frames, spread evenly; the last one is the end. */
export const moments = ({ startedAt, endedAt }: Recording, frames: number): number[] =>
  Array.from({ length: frames }, (_, index) => startedAt + ((endedAt - startedAt) * (index + 1)) / frames);
