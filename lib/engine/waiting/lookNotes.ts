import type { ApplicationSettings } from '../../application/schema';
import type { StepItem } from '../record';

/** What a look found, as far as people are told of it. Times are epoch ms. */
export interface Seen {
  /** `14 of 20 instances`. */
  readonly progress?: string;
  /** What is compared from look to look: while it changes, the step moves on. The progress unless given. */
  readonly mark?: string;
  /** What keeps the step, in AWS's own words. */
  readonly reason?: string;
  /** It waits until then as planned (a bake time, an approval, a checkpoint): that is no standstill. */
  readonly until?: number;
}

const defaultStallMinutes = 10;

/** After how long without progress a step counts as stalled. Records from before the setting have the default. */
export const stallMsOf = (settings: ApplicationSettings | undefined): number =>
  ((settings?.notifications as Partial<ApplicationSettings['notifications']> | undefined)
    ?.stalledAfterMinutes ?? defaultStallMinutes) * 60_000;

type Noted = Pick<StepItem, 'startedAt'> &
  Partial<Pick<StepItem, 'progress' | 'mark' | 'reason' | 'until' | 'movedAt'>>;

/** When the step moved on last: an earlier run of the same state does not count. */
export const movedAtOf = ({ movedAt, startedAt }: Noted): number => Math.max(movedAt ?? 0, startedAt);

/** From when on the step counts as stalled, unless it moves on before. */
export const stallsAtOf = (step: Noted, stallMs: number): number =>
  Math.max(movedAtOf(step), step.until ?? 0) + stallMs;

/** A cause is read only for what has not moved on for so long: a step that goes on needs none. */
const quietMs = 60_000;
export const isQuiet = (step: Noted | undefined, seen: Seen, now: number): boolean =>
  step !== undefined && step.mark === markOf(seen) && now - movedAtOf(step) >= quietMs;

const markOf = ({ mark, progress = '' }: Seen): string => mark ?? progress;

/** What changes in the step's item after a look; undefined if nothing does. */
export const notesOf = (
  step: Noted | undefined,
  seen: Seen,
  now: number,
): Partial<Pick<StepItem, 'progress' | 'mark' | 'reason' | 'until' | 'movedAt'>> | undefined => {
  const { progress, reason, until } = seen;
  const mark = markOf(seen);
  const moves = step?.mark !== mark;
  // What kept it before it moved on is over.
  const told = reason ?? (moves && step?.reason !== undefined ? '' : undefined);
  const change = {
    ...(progress !== undefined && progress !== step?.progress && { progress }),
    ...(moves && { mark, movedAt: now }),
    ...(told !== undefined && told !== step?.reason && { reason: told }),
    ...((until ?? 0) !== (step?.until ?? 0) && { until: until ?? 0 }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
};
