import { type HistoryEvent, type Step, stepsOf } from '../queries/progress';
import type { PathOf } from '../../lib/engine/path';

/** What was seen of the fleet at one moment of the run. */
export interface Sample {
  /** Epoch milliseconds. */
  readonly at: number;
  /** By step, what the record noted of it. */
  readonly progress: Readonly<Record<string, string>>;
  /** Instances by the version they run. */
  readonly versions: Readonly<Record<string, number>>;
}

export interface Recording {
  readonly events: readonly HistoryEvent[];
  readonly plan: PathOf;
  readonly samples: readonly Sample[];
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface Frame {
  readonly at: number;
  readonly steps: readonly Step[];
  readonly versions: Readonly<Record<string, number>>;
}

/** What somebody who looked at that moment would have seen. */
export const frameAt = ({ events, plan, samples }: Recording, at: number): Frame => {
  const seen = events.filter(({ timestamp }) => (timestamp?.getTime() ?? 0) <= at);
  const last = samples.filter((sample) => sample.at <= at).at(-1) ?? samples[0];
  return { at, steps: stepsOf(seen, plan, last?.progress), versions: last?.versions ?? {} };
};

/** The moments of so many frames, evenly spread from start to end; the last is the end itself. */
export const moments = ({ startedAt, endedAt }: Recording, frames: number): number[] =>
  Array.from({ length: frames }, (_, index) => startedAt + ((endedAt - startedAt) * (index + 1)) / frames);
