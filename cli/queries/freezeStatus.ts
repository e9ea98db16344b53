import { describeWindow, frozenBy } from '../../lib/application/freeze';
import type { ApplicationSettings } from '../../lib/application/schema';
import { everyApplication, type FreezeItem, holdsAt } from '../../lib/engine/freeze';

/** A freeze that holds now. Times are epoch milliseconds. */
export interface FreezeStatus {
  /** A person, or `the settings` for their calendar. */
  readonly by: string;
  readonly what: string;
  /** Absent: until somebody lifts it. */
  readonly until?: number;
  readonly liftWith?: string;
}

/** The freezes that hold now: those made by hand, the application's own first, then the settings' calendar. */
export const freezesOf = (
  items: readonly FreezeItem[],
  settings: Pick<ApplicationSettings, 'freeze'>,
  now: number,
): FreezeStatus[] => {
  const byHand = items
    .filter((freeze) => holdsAt(freeze, now))
    .sort((a, b) => Number(a.application === everyApplication) - Number(b.application === everyApplication));
  const window = frozenBy(settings.freeze, now);
  return [
    ...byHand.map(({ by, reason, until, application: whose }) => ({
      by,
      what: whose === everyApplication ? `all applications: ${reason}` : reason,
      ...(until !== undefined && { until }),
      liftWith: `forseti unfreeze ${whose === everyApplication ? '--all' : whose}`,
    })),
    ...(window
      ? [{ by: 'the settings', what: describeWindow(settings.freeze, window.window), until: window.until }]
      : []),
  ];
};
