import { endsOf } from './moment';
import type { FreezeSettings } from './schema';
import { dayMs, firstAt, lastBefore, wallTimeAt, type WallTime } from './wallTime';

export type FreezeWindow = FreezeSettings['windows'][number];

const weekMs = 7 * dayMs;

/** One period in which a window is in force: from `from` until just before `until`, both epoch ms. */
interface Occurrence {
  readonly window: FreezeWindow;
  readonly from: number;
  readonly until: number;
}

/** The periods of a window that may cover an instant, and the next one after it. */
const around = (timeZone: string, window: FreezeWindow, at: number): Occurrence[] => {
  const ends = endsOf(window);
  if (!ends) return [];
  const { start, end } = ends;
  const occurrence = (from: WallTime, until: WallTime): Occurrence => ({
    window,
    from: firstAt(timeZone, from),
    until: lastBefore(timeZone, until),
  });
  if (start.kind === 'date') return [occurrence(start.wall, end.wall)];
  const wall = wallTimeAt(timeZone, at);
  // The epoch began on a Thursday.
  const sunday = Math.floor((wall + 4 * dayMs) / weekMs) * weekMs - 4 * dayMs;
  const length = end.wall > start.wall ? end.wall - start.wall : end.wall - start.wall + weekMs;
  return [-1, 0, 1, 2].map((weeks) => {
    const from = sunday + weeks * weekMs + start.wall;
    return occurrence(from, from + length);
  });
};

/** A window is empty if it lies wholly in the hour that the clock skips. */
const near = ({ timeZone, windows }: FreezeSettings, at: number): Occurrence[] =>
  windows.flatMap((window) => around(timeZone, window, at)).filter(({ from, until }) => from < until);

export interface Frozen {
  readonly window: FreezeWindow;
  /** Epoch ms of the first instant that no window freezes any more. */
  readonly until: number;
}

/** How far ahead windows without a gap between them are followed. */
const farthestMs = 366 * dayMs;

/**
 * Whether the settings' calendar freezes deployments at an instant, and until when. If the clock is put back, a window
 * begins at the first and ends at the second of two equal times. A time that the clock skips counts as the instant of
 * the jump. Windows that overlap or touch are one freeze; `window` is the one that covers the instant and ends last.
 */
export const frozenBy = (settings: FreezeSettings, now: number): Frozen | undefined => {
  const longest = (at: number): Occurrence | undefined =>
    near(settings, at)
      .filter(({ from, until }) => from <= at && at < until)
      .sort((a, b) => b.until - a.until)[0];
  const first = longest(now);
  if (!first) return undefined;
  let { until } = first;
  for (let next = longest(until); next && until < now + farthestMs; next = longest(until)) until = next.until;
  return { window: first.window, until };
};

/** The next freeze by the calendar, after the current one if there is one; `from` is epoch ms. */
export const nextFreeze = (
  settings: FreezeSettings,
  now: number,
): { readonly window: FreezeWindow; readonly from: number } | undefined => {
  const open = frozenBy(settings, now)?.until ?? now;
  const [next] = near(settings, open)
    .filter(({ from }) => from > open)
    .sort((a, b) => a.from - b.from || b.until - a.until);
  return next && { window: next.window, from: next.from };
};

/** `fri 16:00 to mon 08:00 (Europe/Rome), "no releases at weekends"`. */
export const describeWindow = ({ timeZone }: FreezeSettings, { from, to, reason }: FreezeWindow): string =>
  `${from} to ${to} (${timeZone})${reason === undefined ? '' : `, "${reason}"`}`;
